#define _GNU_SOURCE
#include "attempt.h"
#include "options.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int bind_any_port(int fd, const struct address *to, const struct endpoint *source)
{
	struct address from = *to; /* keeps family and scope */

	if (from.any.sa_family == AF_INET)
		memcpy(&from.v4.sin_addr, source->ip + 12, 4);
	else
		memcpy(&from.v6.sin6_addr, source->ip, 16);
	address_set_port(&from, 0);
	return bind(fd, &from.any, from.length) == 0 ? 0 : errno;
}

/* Returns 0, an errno, or -1 on timeout. */
static int wait_outcome(int fd, int timeout_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLOUT};
	uint64_t deadline = now_ns() + (uint64_t)timeout_ms * 1000000u;
	int error = 0, n;
	socklen_t length = sizeof(error);

	do {
		uint64_t now = now_ns();
		int left = -1;

		if (timeout_ms)
			left = now < deadline ? (int)((deadline - now + 999999) / 1000000u) : 0;
		n = poll(&p, 1, left);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno;
	if (n == 0)
		return -1;
	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

int attempt_connect(const struct attempt *a, struct truth *entry)
{
	int flags = SOCK_STREAM | SOCK_CLOEXEC | (a->nonblocking ? SOCK_NONBLOCK : 0);
	int fd = socket(a->to.any.sa_family, flags, stream_protocol(MPTCP_CLIENT)), error = 0;

	entry->dst = address_endpoint(&a->to);
	entry->start_ns = now_ns();
	if (fd < 0)
		error = errno;
	else if (a->bind_to)
		error = bind_any_port(fd, &a->to, a->bind_to);
	if (!error) {
		entry->start_ns = now_ns();
		if (a->ring)
			error = -uring_connect(a->ring, fd, &a->to);
		else
			error = connect(fd, &a->to.any, a->to.length) == 0 ? 0 : errno;
		if (error == EINPROGRESS && a->nonblocking)
			error = wait_outcome(fd, a->timeout_ms);
	}
	entry->end_ns = now_ns();
	if (fd >= 0)
		entry->src = address_of_socket(fd);
	if (error == 0) {
		entry->result = RESULT_ESTABLISHED;
		if (a->nonblocking)
			fcntl(fd, F_SETFL, O_RDWR);
	} else if (error < 0) {
		entry->result = RESULT_ABORTED;
	} else {
		entry->result = error == ECONNREFUSED ? RESULT_REFUSED : RESULT_ERROR;
		entry->error = error;
	}
	return fd;
}

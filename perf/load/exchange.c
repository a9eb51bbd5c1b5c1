#define _GNU_SOURCE
#include "exchange.h"

#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CHUNK = 65536 };

static _Thread_local char buffer[CHUNK];

int exchange_send(int fd, uint64_t bytes, uint64_t *done)
{
	int on = 1;

	/* Otherwise the last part of several would wait for a delayed ACK. */
	if (bytes > CHUNK)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	while (bytes) {
		ssize_t n = send(fd, buffer, bytes < CHUNK ? bytes : CHUNK, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno;
		bytes -= (uint64_t)n;
		*done += (uint64_t)n;
	}
	return 0;
}

int exchange_send_marked(int fd, uint32_t attempt, uint64_t bytes, uint64_t *done)
{
	memcpy(buffer, &attempt, sizeof(attempt));
	return exchange_send(fd, bytes, done);
}

static int receive(int fd, char *to, uint64_t room, uint64_t *got)
{
	ssize_t n;

	do
		n = recv(fd, to, room, 0);
	while (n < 0 && errno == EINTR);
	*got = n > 0 ? (uint64_t)n : 0;
	return n < 0 ? errno : 0;
}

int exchange_receive(int fd, uint64_t bytes, uint64_t *done)
{
	while (bytes) {
		uint64_t n;
		int error = receive(fd, buffer, bytes < CHUNK ? bytes : CHUNK, &n);

		if (error || !n)
			return error ? error : EPIPE;
		bytes -= n;
		*done += n;
	}
	return 0;
}

int exchange_receive_mark(int fd, uint32_t *attempt, uint64_t *done)
{
	size_t have = 0;

	while (have < sizeof(*attempt)) {
		uint64_t n;
		int error = receive(fd, (char *)attempt + have, sizeof(*attempt) - have, &n);

		if (error || !n)
			return error ? error : EPIPE;
		have += n;
		*done += n;
	}
	return 0;
}

int exchange_wait_end(int fd, uint64_t *done)
{
	uint64_t n;
	int error = receive(fd, buffer, CHUNK, &n);

	*done += n;
	return error ? error : n ? EPROTO : 0;
}

void exchange_wait_delivered(int fd)
{
	int unacknowledged = 0;

	while (ioctl(fd, SIOCOUTQ, &unacknowledged) == 0 && unacknowledged > 0)
		sched_yield();
}

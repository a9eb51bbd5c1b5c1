#define _GNU_SOURCE
#include "listen.h"
#include "options.h"
#include "util.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* The kernel searches the ephemeral ports of a listener in steps of up to about 16: after some 3000 connections it has tried them all. */
enum {
	BACKLOG = 4096,
	COUNTER_SPACING = 64,
	LEAST_LISTENERS = 8,
	MOST_LISTENERS = 64,
	CONNECTIONS_PER_LISTENER = 2000
};

struct port_set port_sets[2];
int port_set_count;

static int bound_socket(const struct address *address, uint16_t *port)
{
	char text[INET6_ADDRSTRLEN];
	struct endpoint e = address_endpoint(address);
	int off = 0, fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, stream_protocol(MPTCP_SERVER));

	if (fd < 0)
		die(EXIT_FAILED, "cannot create a socket: %s; is this address family enabled?", strerror(errno));
	if (options.family == FAMILY_MAPPED)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, &address->any, address->length) != 0)
		die(EXIT_FAILED, "cannot bind to %s: %s; give an --address of this machine (is the interface up?)",
		    endpoint_text(&e, text), strerror(errno));
	*port = address_of_socket(fd).port;
	return fd;
}

static void open_set(struct port_set *set, struct address to, struct address on)
{
	uint16_t port;
	char *counters =
	    mmap(NULL, options.listeners * COUNTER_SPACING, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	set->listeners = calloc(options.listeners, sizeof(*set->listeners));
	if (!set->listeners || counters == MAP_FAILED)
		die(EXIT_FAILED, "no memory for the listening ports");
	set->source = address_source_for(&to);
	for (uint64_t i = 0; i < options.listeners; i++) {
		struct listener *l = &set->listeners[i];

		l->fd = bound_socket(&on, &port);
		if (listen(l->fd, BACKLOG) != 0)
			die(EXIT_FAILED, "cannot listen on port %u: %s", port, strerror(errno));
		l->server_closes_first = (int)(i & 1);
		l->address = to;
		address_set_port(&l->address, port);
		l->endpoint = address_endpoint(&l->address);
		l->waiting = (_Atomic int *)(void *)(counters + i * COUNTER_SPACING);
	}
	for (int i = 0; i < PORTS_REFUSED; i++) {
		/* Bound without listening, so that nobody else can get the port. */
		set->refused_fd[i] = bound_socket(&on, &port);
		set->refused[i] = to;
		address_set_port(&set->refused[i], port);
	}
}

static void choose_listener_count(void)
{
	uint64_t count = options.connections / (options.family == FAMILY_BOTH ? 2 : 1) / CONNECTIONS_PER_LISTENER;

	if (options.listeners)
		return;
	if (count < LEAST_LISTENERS)
		count = LEAST_LISTENERS;
	if (count > MOST_LISTENERS)
		count = MOST_LISTENERS;
	options.listeners = (count + 1) / 2 * 2;
}

void listen_open(void)
{
	struct address v4 = address_parse("127.0.0.1", 0), v6 = address_parse("::1", 0);

	choose_listener_count();
	if (options.address) {
		struct address a = address_parse(options.address, 0);

		if (options.family == FAMILY_MAPPED && a.any.sa_family != AF_INET)
			die(EXIT_USAGE, "--family mapped needs an IPv4 --address");
		if (options.family != FAMILY_MAPPED)
			options.family = a.any.sa_family == AF_INET ? FAMILY_4 : FAMILY_6;
		v4 = v6 = a;
	}
	if (options.family == FAMILY_MAPPED) {
		struct address mapped = address_mapped(v4);

		open_set(&port_sets[port_set_count++], mapped, address_parse("::", 0));
		return;
	}
	if (options.family != FAMILY_6)
		open_set(&port_sets[port_set_count++], v4, v4);
	if (options.family != FAMILY_4)
		open_set(&port_sets[port_set_count++], v6, v6);
}

void listen_shutdown(void)
{
	for (int s = 0; s < port_set_count; s++)
		for (uint64_t i = 0; i < options.listeners; i++)
			shutdown(port_sets[s].listeners[i].fd, SHUT_RDWR);
}

void listen_close(void)
{
	for (int s = 0; s < port_set_count; s++) {
		for (uint64_t i = 0; i < options.listeners; i++)
			close(port_sets[s].listeners[i].fd);
		for (int i = 0; i < PORTS_REFUSED; i++)
			close(port_sets[s].refused_fd[i]);
	}
}

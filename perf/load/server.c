#define _GNU_SOURCE
#include "server.h"
#include "exchange.h"
#include "listen.h"
#include "options.h"
#include "plan.h"
#include "truth.h"
#include "uring.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static _Atomic uint64_t *done; /* shared */
static pthread_t *threads;
static uint64_t thread_count;

void server_prepare(void)
{
	done = mmap(NULL, sizeof(*done), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (done == MAP_FAILED)
		die(EXIT_FAILED, "no memory for the servers: %s", strerror(errno));
}

uint64_t server_done(void)
{
	return atomic_load(done);
}

/* Returns the connection, or -1 after the listener was shut down. */
static int accept_one(struct listener *l, struct uring *ring, struct address *peer)
{
	struct sockaddr *address = options.accept_address ? &peer->any : NULL;
	socklen_t *length = options.accept_address ? &peer->length : NULL;
	int fd, error;

	do {
		peer->length = sizeof(peer->v6);
		if (ring) {
			fd = uring_accept(ring, l->fd, address, length, options.plain_accept ? 0 : SOCK_CLOEXEC);
			error = fd < 0 ? -fd : 0;
		} else {
			fd = options.plain_accept ? accept(l->fd, address, length)
						  : accept4(l->fd, address, length, SOCK_CLOEXEC);
			error = fd < 0 ? errno : 0;
		}
	} while (error == EINTR);
	if (error == EINVAL)
		return -1;
	if (error) {
		fprintf(stderr, "netload: accept on port %u: %s; the run stops\n", l->endpoint.port, strerror(error));
		/* Clients would wait forever for this process; its siblings die with the parent. */
		if (options.server_processes)
			kill(getppid(), SIGTERM);
		_exit(EXIT_FAILED);
	}
	atomic_fetch_sub_explicit(l->waiting, 1, memory_order_relaxed);
	/* Unlike getpeername, this works after the client has reset the connection; it requires the exact length. */
	peer->length = l->address.length;
	if (!address && getsockopt(fd, SOL_SOCKET, SO_PEERNAME, &peer->any, &peer->length) != 0)
		memset(peer, 0, sizeof(*peer));
	return fd;
}

static void serve(int fd, struct listener *l, const struct address *peer)
{
	struct truth *entry = truth_add(SIDE_SERVER);
	uint64_t payload = options.payload, reply = options.reply;
	uint32_t attempt;
	int error = 0;

	entry->start_ns = entry->end_ns = now_ns();
	entry->src = address_endpoint(peer);
	entry->dst = l->endpoint;
	if (options.vary && payload) {
		error = exchange_receive_mark(fd, &attempt, &entry->received);
		if (!error && attempt >= options.connections)
			error = EPROTO;
		payload = error ? 0 : plan_payload(attempt) - sizeof(attempt);
		reply = error ? 0 : plan_reply(attempt);
	}
	if (!error)
		error = exchange_receive(fd, payload, &entry->received);
	if (!error)
		error = exchange_send(fd, reply, &entry->sent);
	entry->ended = ENDED_SERVER_FIRST;
	if (!error && !l->server_closes_first) {
		error = exchange_wait_end(fd, &entry->received);
		entry->ended = error == ECONNRESET ? ENDED_RESET : ENDED_CLIENT_FIRST;
		if (error == ECONNRESET)
			error = 0;
	}
	entry->error = error;
	close(fd);
	atomic_fetch_add_explicit(done, 1, memory_order_release);
}

static void *server_thread(void *listener)
{
	struct uring ring;
	struct address peer;
	int fd;

	if (options.io_uring)
		uring_open(&ring);
	while ((fd = accept_one(listener, options.io_uring ? &ring : NULL, &peer)) >= 0)
		serve(fd, listener, &peer);
	if (options.io_uring)
		uring_close(&ring);
	return NULL;
}

void server_start(void)
{
	pthread_attr_t attributes;

	threads = calloc(options.listeners * options.server_threads * 2, sizeof(*threads));
	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, 256 * 1024);
	for (int s = 0; s < port_set_count; s++)
		for (uint64_t i = 0; i < options.listeners * options.server_threads; i++) {
			struct listener *l = &port_sets[s].listeners[i % options.listeners];

			if (!threads || pthread_create(&threads[thread_count++], &attributes, server_thread, l) != 0)
				die(EXIT_FAILED,
				    "cannot start a server thread; use fewer --server-threads or --listeners");
		}
	pthread_attr_destroy(&attributes);
}

void server_join(void)
{
	for (uint64_t i = 0; i < thread_count; i++)
		pthread_join(threads[i], NULL);
	free(threads);
}

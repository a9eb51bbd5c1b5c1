#define _GNU_SOURCE
#include "client.h"
#include "attempt.h"
#include "exchange.h"
#include "listen.h"
#include "options.h"
#include "plan.h"
#include "truth.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

/* Below any backlog: a full one would drop handshakes and cost a second each. */
enum { MOST_WAITING = 64 };

struct cursor {
	_Atomic uint64_t next; /* of all attempts; each side skips those of the other */
	char spacing[56];
};

static struct cursor *cursors; /* shared: [0] threads, [1] forked */
static uint64_t begin_ns;

void client_prepare(uint64_t begin)
{
	cursors = mmap(NULL, 2 * sizeof(*cursors), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (cursors == MAP_FAILED)
		die(EXIT_FAILED, "no memory for the clients: %s", strerror(errno));
	begin_ns = begin;
}

static int take_next(int forked, uint64_t *attempt)
{
	for (;;) {
		*attempt = atomic_fetch_add_explicit(&cursors[forked].next, 1, memory_order_relaxed);
		if (*attempt >= options.connections)
			return 0;
		if (!!(plan_kinds(*attempt) & KIND_FORKED) == forked)
			return 1;
	}
}

/* Ends an established connection and fills the entry. */
static void exchange_and_close(int fd, uint64_t attempt, unsigned kinds, int server_closes_first, struct truth *entry)
{
	uint64_t payload = plan_payload(attempt), reply = plan_reply(attempt);
	int error = 0;

	if (payload && options.vary)
		error = exchange_send_marked(fd, (uint32_t)attempt, payload, &entry->sent);
	else if (payload)
		error = exchange_send(fd, payload, &entry->sent);
	if (!error && reply)
		error = exchange_receive(fd, reply, &entry->received);
	if (kinds & KIND_RESET) {
		struct linger now = {.l_onoff = 1, .l_linger = 0};

		if (!reply)
			exchange_wait_delivered(fd);
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		entry->ended = ENDED_RESET;
	} else if (server_closes_first) {
		if (!error)
			error = exchange_wait_end(fd, &entry->received);
		entry->ended = ENDED_SERVER_FIRST;
	} else {
		entry->ended = ENDED_CLIENT_FIRST;
	}
	entry->error = error;
	/* A forked process exits right away: that closes too. */
	if (!(kinds & KIND_FORKED))
		close(fd);
}

static void make(uint64_t attempt, struct uring *ring)
{
	unsigned kinds = plan_kinds(attempt);
	struct port_set *set = &port_sets[port_set_count == 2 ? attempt >> 1 & 1 : 0];
	int server_closes_first = attempt & 1 && !(kinds & KIND_RESET);
	struct listener *listener = &set->listeners[(attempt >> 2) % (options.listeners / 2) * 2 + server_closes_first];
	struct truth *entry = truth_add(SIDE_CLIENT);
	struct attempt a = {.ring = ring, .to = listener->address};
	int fd;

	if (kinds & KIND_REFUSED) {
		a.to = set->refused[(attempt >> 2) % PORTS_REFUSED];
		a.bind_to = options.bind_refused ? &set->source : NULL;
	} else {
		while (atomic_load_explicit(listener->waiting, memory_order_relaxed) >= MOST_WAITING)
			sched_yield();
		atomic_fetch_add_explicit(listener->waiting, 1, memory_order_relaxed);
	}
	a.nonblocking = !!(kinds & KIND_NONBLOCKING);
	fd = attempt_connect(&a, entry);
	if (!endpoint_has_ip(&entry->src))
		memcpy(entry->src.ip, set->source.ip, sizeof(entry->src.ip));
	if (entry->result == RESULT_ESTABLISHED) {
		exchange_and_close(fd, attempt, kinds, server_closes_first, entry);
		return;
	}
	if (!(kinds & KIND_REFUSED))
		atomic_fetch_sub_explicit(listener->waiting, 1, memory_order_relaxed);
	if (fd >= 0)
		close(fd);
}

static void keep_pace(uint64_t attempt)
{
	if (options.rate)
		sleep_until_ns(plan_start_ns(attempt, begin_ns));
}

static void *client_thread(void *unused)
{
	struct uring ring;
	uint64_t attempt;

	if (options.io_uring)
		uring_open(&ring);
	while (take_next(0, &attempt)) {
		keep_pace(attempt);
		make(attempt, options.io_uring ? &ring : NULL);
	}
	if (options.io_uring)
		uring_close(&ring);
	return unused;
}

void client_run(void)
{
	pthread_t threads[256];

	for (uint64_t i = 0; i < options.client_threads; i++)
		if (pthread_create(&threads[i], NULL, client_thread, NULL) != 0)
			die(EXIT_FAILED, "cannot start a client thread; use fewer --client-threads");
	for (uint64_t i = 0; i < options.client_threads; i++)
		pthread_join(threads[i], NULL);
}

static void child(uint64_t attempt)
{
	struct uring ring;

	identity_set(options.name, "-f");
	if (options.io_uring)
		uring_open(&ring);
	make(attempt, options.io_uring ? &ring : NULL);
	_exit(0);
}

void client_forker(void)
{
	uint64_t attempt;

	listen_close();
	while (take_next(1, &attempt)) {
		int status;
		pid_t pid;

		keep_pace(attempt);
		pid = fork();
		if (pid == 0)
			child(attempt);
		if (pid < 0)
			die(EXIT_FAILED, "cannot fork for an attempt: %s; use a lower --forked", strerror(errno));
		if (waitpid(pid, &status, 0) != pid || status != 0)
			die(EXIT_FAILED, "the process of a forked attempt failed (status %d)", status);
	}
}

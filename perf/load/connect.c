#define _GNU_SOURCE
#include "attempt.h"
#include "options.h"
#include "run.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_THREADS = 10000, THREAD_STACK = 256 * 1024 /* it holds the 64 KiB buffer of exchange.c */ };

static const struct option known[] = {
    {"count", 1, NULL, 'c'}, {"nonblocking", 0, NULL, 'n'}, {"timeout", 1, NULL, 't'},
    {"name", 1, NULL, 'N'},  {"log", 1, NULL, 'l'},	    {"threads", 1, NULL, 'T'},
    {"hold", 0, NULL, 'H'},  {"closer", 1, NULL, 'C'},	    {"help", 0, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

static struct attempt attempt;
static struct endpoint source;
static uint64_t count = 1;
static _Atomic uint64_t next;
static int *held; /* the sockets, or NULL: closed after each attempt */
static pthread_barrier_t all_ready;

static int attempt_once(void)
{
	struct truth *entry = truth_add(SIDE_CLIENT);
	int fd = attempt_connect(&attempt, entry);

	if (!endpoint_has_ip(&entry->src))
		memcpy(entry->src.ip, source.ip, sizeof(entry->src.ip));
	if (entry->result == RESULT_ESTABLISHED)
		entry->ended = ENDED_CLIENT_FIRST;
	return fd;
}

static void *attempt_all(void *unused)
{
	uint64_t i;

	pthread_barrier_wait(&all_ready);
	while ((i = atomic_fetch_add(&next, 1)) < count) {
		int fd = attempt_once();

		if (held)
			held[i] = fd;
		else if (fd >= 0)
			close(fd);
	}
	return unused;
}

static void attempt_in_threads(uint64_t threads)
{
	pthread_t *ids = calloc(threads, sizeof(*ids));
	pthread_attr_t attributes;

	pthread_attr_init(&attributes);
	pthread_attr_setstacksize(&attributes, THREAD_STACK);
	pthread_barrier_init(&all_ready, NULL, (unsigned)threads);
	for (uint64_t i = 0; i < threads; i++)
		if (!ids || pthread_create(&ids[i], &attributes, attempt_all, NULL) != 0)
			die(EXIT_FAILED, "cannot start a thread; use fewer --threads");
	for (uint64_t i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	pthread_attr_destroy(&attributes);
	free(ids);
}

static void close_held(void)
{
	for (uint64_t i = 0; i < count; i++)
		if (held[i] >= 0)
			close(held[i]);
}

static void wait_end_of_input(int fd)
{
	char buffer[256];
	ssize_t n;

	do
		n = read(fd, buffer, sizeof(buffer));
	while (n > 0 || (n < 0 && errno == EINTR));
}

static void say_held(void)
{
	puts("held");
	fflush(stdout);
}

/* The child has the last reference to each socket by the time "held" is printed. */
static void close_by_process(void)
{
	int go[2], status;
	pid_t child;

	if (pipe(go) != 0 || (child = fork()) < 0)
		die(EXIT_FAILED, "cannot start the closing process: %s", strerror(errno));
	if (child == 0) {
		close(go[1]);
		wait_end_of_input(go[0]);
		close_held();
		_exit(0);
	}
	close(go[0]);
	close_held();
	say_held();
	wait_end_of_input(STDIN_FILENO);
	close(go[1]);
	if (waitpid(child, &status, 0) != child || status != 0)
		die(EXIT_FAILED, "the closing process failed");
}

int connect_main(int argc, char **argv)
{
	static const char *const closers[] = {"thread", "process", NULL};
	uint64_t threads = 1;
	int option, by_process = 0, hold = 0;
	struct totals t;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'c':
			count = parse_count("--count", optarg, 1, 10000000);
			break;
		case 'n':
			attempt.nonblocking = 1;
			break;
		case 't':
			attempt.timeout_ms = (int)parse_count("--timeout", optarg, 1, 3600000);
			attempt.nonblocking = 1;
			break;
		case 'T':
			threads = parse_count("--threads", optarg, 1, MOST_THREADS);
			break;
		case 'H':
			hold = 1;
			break;
		case 'C':
			by_process = parse_choice("--closer", optarg, closers) == 1;
			break;
		case 'N':
			name_unescape(optarg, options.name);
			break;
		case 'l':
			options.log = optarg;
			break;
		case 'h':
			usage();
			return 0;
		default:
			die(EXIT_USAGE, "see `netload --help`");
		}
	}
	if (argc - optind != 2)
		die(EXIT_USAGE, "connect needs an address and a port, such as: netload connect 127.0.0.1 80");
	attempt.to = address_parse(argv[optind], (uint16_t)parse_count("PORT", argv[optind + 1], 1, 65535));
	identity_set(options.name, "");
	truth_open(count);
	held = hold ? calloc(count, sizeof(*held)) : NULL;
	if (hold && !held)
		die(EXIT_FAILED, "no memory for the sockets; use a lower --count");
	source = address_source_for(&attempt.to);
	attempt_in_threads(threads);
	if (options.log)
		truth_write(options.log);
	t = truth_totals();
	printf("connections=%" PRIu64 " established=%" PRIu64 " refused=%" PRIu64 " aborted=%" PRIu64 " other=%" PRIu64
	       "\n",
	       count, t.established, t.refused, t.aborted, t.errors);
	if (hold && by_process) {
		close_by_process();
	} else if (hold) {
		say_held();
		wait_end_of_input(STDIN_FILENO);
		close_held();
	}
	return 0;
}

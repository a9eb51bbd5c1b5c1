#define _GNU_SOURCE
#include "options.h"
#include "run.h"
#include "util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* A disturbance only adds to the cost of a slice, so the lower quartile counts. */
enum { SLICES = 20, SOURCES = 4096, BYTES = 100 };

static double cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void require(int result, const char *what)
{
	if (result < 0)
		die(EXIT_FAILED, "cannot %s: %s", what, strerror(errno));
}

/* Both ends of one connection in this thread: open, accept with the caller's address, exchange a message, close. */
static void connect_once(int listener, const struct sockaddr_in *to, uint32_t which)
{
	struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f010001 + which % SOURCES)}, peer;
	int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), server, one = 1;
	socklen_t size = sizeof(peer);
	char bytes[BYTES] = "";

	require(client, "make a socket");
	setsockopt(client, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof(one));
	require(bind(client, (const struct sockaddr *)&from, sizeof(from)), "bind");
	require(connect(client, (const struct sockaddr *)to, sizeof(*to)), "connect");
	server = accept4(listener, (struct sockaddr *)&peer, &size, SOCK_CLOEXEC);
	require(server, "accept");
	require((int)send(client, bytes, sizeof(bytes), 0), "send");
	require((int)recv(server, bytes, sizeof(bytes), MSG_WAITALL), "receive");
	close(client);
	close(server);
}

static int compare(const void *left, const void *right)
{
	double l = *(const double *)left, r = *(const double *)right;

	return (l > r) - (l < r);
}

int cost_main(int argc, char **argv)
{
	static const struct option known[] = {
	    {"connections", 1, NULL, 'c'}, {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0}};
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct sched_param first = {.sched_priority = 10};
	uint64_t connections = 20000;
	socklen_t size = sizeof(to);
	double slices[SLICES];
	cpu_set_t last;
	int option, listener;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'c':
			connections = parse_count("--connections", optarg, SLICES, 100000000);
			break;
		case 'h':
			usage();
			return 0;
		default:
			die(EXIT_USAGE, "see `netload --help`");
		}
	}
	if (optind < argc)
		die(EXIT_USAGE, "'%s' is not an option; see `netload --help`", argv[optind]);

	/* Uses one CPU at the highest priority; without that privilege, the default scheduling. */
	CPU_ZERO(&last);
	CPU_SET((size_t)sysconf(_SC_NPROCESSORS_ONLN) - 1, &last);
	sched_setaffinity(0, sizeof(last), &last);
	sched_setscheduler(0, SCHED_FIFO, &first);

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	require(listener, "make a socket");
	require(bind(listener, (struct sockaddr *)&to, sizeof(to)), "bind");
	require(listen(listener, 128), "listen");
	require(getsockname(listener, (struct sockaddr *)&to, &size), "ask for the port");
	for (int s = 0; s < SLICES; s++) {
		double start = cpu_us();

		for (uint32_t i = 0; i < connections / SLICES; i++)
			connect_once(listener, &to, i);
		slices[s] = (cpu_us() - start) / (double)(connections / SLICES);
	}
	qsort(slices, SLICES, sizeof(slices[0]), compare);
	printf("cpu_us_per_connection %.3f\n", slices[SLICES / 4]);
	return 0;
}

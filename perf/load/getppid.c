#define _GNU_SOURCE
#include "options.h"
#include "run.h"
#include "util.h"

#include <getopt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * ns_per_call is the best slice: among many short ones some are never preempted, however busy the machine is.
 *
 * loops_per_call is the median slice, in units of a loop of arithmetic that takes turns with the calls. Whatever slows the CPU
 * (another guest, emulation, a clock that runs at another pace) slows both, so it compares runs that are minutes apart.
 */
enum { SLICES = 500, MOST_SLICES = 1000, BATCH = 1000, MOST_THREADS = 256, ROUNDS_OF_LOOP = 100 };

struct worker {
	pthread_t thread;
	uint64_t slices;
	uint64_t slice_ns;
	double ns_per_call[MOST_SLICES];
	double loops_per_call[MOST_SLICES];
};

/* The reference: registers only, no call into the kernel. */
static void compute(int loops)
{
	uint64_t x = 88172645463325252ULL;

	for (int i = 0; i < loops * ROUNDS_OF_LOOP; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		__asm__ volatile("" : "+r"(x));
	}
}

static void *measure(void *argument)
{
	struct worker *w = argument;

	for (uint64_t s = 0; s < w->slices; s++) {
		uint64_t start = now_ns(), batches = 0, calling = 0, computing = 0, before = start, between, now;

		do {
			for (int i = 0; i < BATCH; i++)
				syscall(SYS_getppid);
			between = now_ns();
			compute(BATCH);
			now = now_ns();
			calling += between - before;
			computing += now - between;
			before = now;
			batches++;
		} while (now - start < w->slice_ns);
		w->ns_per_call[s] = (double)calling / (double)(batches * BATCH);
		w->loops_per_call[s] = (double)calling / (double)computing;
	}
	return NULL;
}

static int compare(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

int getppid_main(int argc, char **argv)
{
	static const struct option known[] = {
	    {"seconds", 1, NULL, 's'}, {"threads", 1, NULL, 't'}, {"slices", 1, NULL, 'n'},
	    {"help", 0, NULL, 'h'},    {NULL, 0, NULL, 0},
	};
	static struct worker workers[MOST_THREADS];
	double seconds = 2, best = 0;
	uint64_t threads = 1, slices = SLICES;
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 's':
			seconds = parse_number("--seconds", optarg, 0.001, 86400);
			break;
		case 't':
			threads = parse_count("--threads", optarg, 1, MOST_THREADS);
			break;
		case 'n':
			slices = parse_count("--slices", optarg, 1, MOST_SLICES);
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
	for (uint64_t i = 0; i < threads; i++) {
		workers[i].slices = slices;
		workers[i].slice_ns = (uint64_t)(seconds * 1e9 / (double)slices);
		if (pthread_create(&workers[i].thread, NULL, measure, &workers[i]) != 0)
			die(EXIT_FAILED, "cannot start a thread; use fewer --threads");
	}
	for (uint64_t i = 0; i < threads; i++)
		pthread_join(workers[i].thread, NULL);
	for (uint64_t s = 0; s < slices; s++) {
		double sum = 0;

		for (uint64_t i = 0; i < threads; i++)
			sum += workers[i].ns_per_call[s];
		if (s == 0 || sum / (double)threads < best)
			best = sum / (double)threads;
	}
	qsort(workers[0].loops_per_call, slices, sizeof(double), compare);
	printf("ns_per_call %.1f loops_per_call %.4f\n", best, workers[0].loops_per_call[slices / 2]);
	return 0;
}

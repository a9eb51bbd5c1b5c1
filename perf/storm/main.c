/* netstorm: makes the kernel emit records into the rings of a running agent, at a set rate or as fast as possible. */
#define _GNU_SOURCE
#include "storm.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_USAGE = 2, MOST_THREADS = 256 };

struct worker {
	pthread_t thread;
	int cpu;
	int program;
	uint64_t cgroup;
	uint64_t deadline_ns;
	double per_second; /* records; 0: as fast as possible */
	uint64_t made;
	uint64_t busy_ns; /* in the kernel */
	int error;
};

static void die(int code, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("netstorm: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	exit(code);
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void *work(void *argument)
{
	struct worker *w = argument;
	struct storm_run run = {.cgroup_id = w->cgroup};
	LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = &run, .ctx_size_in = sizeof(run));
	uint64_t start = now_ns();
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(w->cpu, &cpus);
	pthread_setaffinity_np(pthread_self(), sizeof(cpus), &cpus);
	for (;;) {
		uint64_t before = now_ns(), due;

		if (before >= w->deadline_ns)
			return NULL;
		due = w->per_second > 0 ? (uint64_t)(w->per_second * (double)(before - start) / 1e9) : UINT64_MAX;
		if (w->made >= due) {
			struct timespec pause = {.tv_nsec = 500000};

			nanosleep(&pause, NULL);
			continue;
		}
		run.first = ((uint64_t)w->cpu << 40) + w->made;
		if (bpf_prog_test_run_opts(w->program, &options) != 0) {
			w->error = errno;
			return NULL;
		}
		w->busy_ns += now_ns() - before;
		w->made += STORM_BATCH;
	}
}

/* `name` starts with a dot where libbpf prepends the object's own name. */
static bool is_named(const char *map, const char *name)
{
	size_t longer = strlen(map), length = strlen(name);

	return strcmp(name[0] == '.' && longer > length ? map + longer - length : map, name) == 0;
}

/* The map with this id, if it has this name; else -1. */
static int map_by_id(uint32_t id, const char *name, struct bpf_map_info *info)
{
	struct bpf_map_info seen = {0};
	uint32_t length = sizeof(seen);
	int fd = bpf_map_get_fd_by_id(id);

	if (fd < 0)
		return -1;
	if (bpf_obj_get_info_by_fd(fd, &seen, &length) == 0 && is_named(seen.name, name)) {
		*info = seen;
		return fd;
	}
	close(fd);
	return -1;
}

/* The most recently created map of this name: that of the agent started last. */
static int map_by_name(const char *name, struct bpf_map_info *info)
{
	uint32_t id = 0;
	int found = -1;

	while (bpf_map_get_next_id(id, &id) == 0) {
		int fd = map_by_id(id, name, info);

		if (fd < 0)
			continue;
		if (found >= 0)
			close(found);
		found = fd;
	}
	return found;
}

/* The map of this name that this process holds, by /proc/PID/fdinfo. */
static int map_of_process(int pid, const char *name, struct bpf_map_info *info)
{
	char path[64], line[256];
	struct dirent *entry;
	DIR *folder;
	int found = -1;

	snprintf(path, sizeof(path), "/proc/%d/fdinfo", pid);
	folder = opendir(path);
	if (!folder)
		die(1, "--agent %d: %s can't be read (%s)", pid, path, strerror(errno));
	while (found < 0 && (entry = readdir(folder)) != NULL) {
		int at = openat(dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC);
		FILE *file = at < 0 ? NULL : fdopen(at, "r");
		uint32_t id;

		if (!file) {
			if (at >= 0)
				close(at);
			continue;
		}
		while (found < 0 && fgets(line, sizeof(line), file))
			if (sscanf(line, "map_id: %u", &id) == 1)
				found = map_by_id(id, name, info);
		fclose(file);
	}
	closedir(folder);
	return found;
}

static int find(int agent, const char *name, struct bpf_map_info *info)
{
	return agent ? map_of_process(agent, name, info) : map_by_name(name, info);
}

/* Waits for an agent that is still starting. */
static void wait_for_agent(int agent)
{
	struct bpf_map_info info;
	int accounts;

	for (int tries = 0; tries < 300; tries++) {
		accounts = find(agent, "accounts", &info);
		if (accounts >= 0) {
			close(accounts);
			return;
		}
		usleep(100 * 1000);
	}
}

static int load(const char *path, int agent)
{
	struct bpf_map_info info = {0}, knobs_info = {0};
	int rings, counters, accounts, agents_knobs;
	struct bpf_object *object;
	struct bpf_map *map;
	uint32_t zero = 0;
	void *knobs;
	size_t size;

	wait_for_agent(agent);
	rings = find(agent, "rings", &info);
	counters = find(agent, "counters", &info);
	accounts = find(agent, "accounts", &info);
	agents_knobs = find(agent, ".rodata", &knobs_info);
	if (rings < 0 || counters < 0 || accounts < 0 || agents_knobs < 0)
		die(1, "no agent's rings are there: start netmon run first, as root");
	libbpf_set_print(NULL);
	object = bpf_object__open(path);
	if (!object)
		die(1, "%s can't be read (%s): make bin/netstorm makes it", path, strerror(errno));
	bpf_object__for_each_map(map, object)
	{
		const char *name = bpf_map__name(map);

		if (strcmp(name, "rings") == 0)
			bpf_map__reuse_fd(map, rings);
		else if (strcmp(name, "counters") == 0)
			bpf_map__reuse_fd(map, counters);
		else if (strcmp(name, "accounts") == 0)
			bpf_map__reuse_fd(map, accounts);
		else if (strstr(name, ".rodata") == NULL)
			bpf_map__set_autocreate(map, false);
	}
	map = bpf_object__find_map_by_name(object, ".rodata");
	knobs = map ? (void *)bpf_map__initial_value(map, &size) : NULL;
	if (!knobs || size != knobs_info.value_size || bpf_map_lookup_elem(agents_knobs, &zero, knobs) != 0)
		die(1, "%s does not have the agent's knobs: one of them is of another version", path);
	if (bpf_object__load(object) != 0)
		die(1, "the kernel refused the storm's program (%s): it needs root and a kernel from 5.15 on",
		    strerror(errno));
	return bpf_program__fd(bpf_object__find_program_by_name(object, "storm"));
}

static double parse(const char *option, const char *text, double most)
{
	char *end;
	double number = strtod(text, &end);

	if (*text == '\0' || *end != '\0' || number < 0 || number > most)
		die(EXIT_USAGE, "%s %s: expected a number up to %.0f", option, text, most);
	return number;
}

int main(int argc, char **argv)
{
	static const struct option known[] = {
	    {"rate", 1, NULL, 'r'},   {"seconds", 1, NULL, 's'}, {"cpus", 1, NULL, 'c'}, {"cgroup", 1, NULL, 'g'},
	    {"object", 1, NULL, 'o'}, {"agent", 1, NULL, 'a'},	 {"help", 0, NULL, 'h'}, {NULL, 0, NULL, 0},
	};
	static struct worker workers[MOST_THREADS];
	const char *object = "artifacts/bpf/storm.bpf.o";
	double rate = 0, seconds = 5, cpus = (double)sysconf(_SC_NPROCESSORS_ONLN), cgroup = 1, agent = 0;
	uint64_t made = 0, busy = 0, start, took;
	int option, program;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'r':
			rate = parse("--rate", optarg, 1e9);
			break;
		case 's':
			seconds = parse("--seconds", optarg, 86400);
			break;
		case 'c':
			cpus = parse("--cpus", optarg, MOST_THREADS);
			break;
		case 'g':
			cgroup = parse("--cgroup", optarg, 9e15);
			break;
		case 'o':
			object = optarg;
			break;
		case 'a':
			agent = parse("--agent", optarg, 4194304);
			break;
		case 'h':
			puts("netstorm: makes the kernel write records into the rings of a running agent\n\n"
			     "netstorm [--rate N]      total records per second; 0: as fast as possible (0)\n"
			     "         [--seconds S]   (5)\n"
			     "         [--cpus N]      number of CPUs, starting with the first (all)\n"
			     "         [--cgroup ID]   the owner's cgroup (1, the root)\n"
			     "         [--agent PID]   the agent (the one started last)\n"
			     "         [--object FILE] the compiled program (artifacts/bpf/storm.bpf.o)\n\n"
			     "Prints: records, seconds, records per second, nanoseconds in the kernel per record.");
			return 0;
		default:
			return EXIT_USAGE;
		}
	}
	if (optind < argc)
		die(EXIT_USAGE, "'%s' is not an option; see netstorm --help", argv[optind]);
	if (cpus < 1)
		die(EXIT_USAGE, "--cpus: at least one");
	program = load(object, (int)agent);
	start = now_ns();
	for (int i = 0; i < (int)cpus; i++) {
		workers[i] = (struct worker){
		    .cpu = i,
		    .program = program,
		    .cgroup = (uint64_t)cgroup,
		    .deadline_ns = start + (uint64_t)(seconds * 1e9),
		    .per_second = rate / cpus,
		};
		if (pthread_create(&workers[i].thread, NULL, work, &workers[i]) != 0)
			die(1, "can't start a thread; use fewer --cpus");
	}
	for (int i = 0; i < (int)cpus; i++) {
		pthread_join(workers[i].thread, NULL);
		if (workers[i].error)
			die(1, "running the program: %s", strerror(workers[i].error));
		made += workers[i].made;
		busy += workers[i].busy_ns;
	}
	took = now_ns() - start;
	printf("records=%llu seconds=%.3f records_per_s=%.0f kernel_ns_per_record=%.1f\n", (unsigned long long)made,
	       (double)took / 1e9, (double)made * 1e9 / (double)took, made ? (double)busy / (double)made : 0.0);
	return 0;
}

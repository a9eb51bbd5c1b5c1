#define _GNU_SOURCE
#include "run.h"
#include "client.h"
#include "listen.h"
#include "options.h"
#include "plan.h"
#include "server.h"
#include "truth.h"
#include "uring.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST_PROCESSES = 512, STALLED_SECONDS = 5 };

static pid_t children[MOST_PROCESSES];
static int child_count;

/* Returns 0 in the child. */
static pid_t start_process(const char *suffix)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		die(EXIT_FAILED, "cannot fork: %s", strerror(errno));
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_FAILED);
		identity_set(options.name, suffix);
		return 0;
	}
	children[child_count++] = pid;
	return pid;
}

static void start_children(void)
{
	for (uint64_t i = 0; i < options.server_processes; i++) {
		if (start_process("-w") == 0) {
			server_start();
			server_join();
			listen_close();
			_exit(0);
		}
	}
	if (plan_share(options.forked) == 0)
		return;
	for (uint64_t i = 0; i < options.client_threads; i++) {
		if (start_process("") == 0) {
			client_forker();
			_exit(0);
		}
	}
}

static int wait_child(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && status == 0;
}

/* The servers close the last connections after the clients have finished. */
static void wait_servers(uint64_t established)
{
	uint64_t seen = server_done(), since = now_ns();

	while (seen < established && now_ns() - since < STALLED_SECONDS * 1000000000ull) {
		uint64_t done;

		sleep_until_ns(now_ns() + 200000);
		done = server_done();
		if (done != seen)
			since = now_ns();
		seen = done;
	}
}

static double cpu_us(int who)
{
	struct rusage u;

	getrusage(who, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static int complain(int wrong, const char *what, uint64_t count, const char *advice)
{
	if (wrong)
		fprintf(stderr, "netload: %" PRIu64 " %s; %s\n", count, what, advice);
	return wrong;
}

static int judge(const struct totals *t, int children_failed)
{
	char number[16];
	const char *error = errno_name(t->first_error, number);
	uint64_t wanted = plan_share(options.refused);
	int bad = 0;

	if (t->errors)
		fprintf(stderr, "netload: the last unexpected error was %s\n", error);
	bad |= complain(t->errors > 0, "attempts failed unexpectedly", t->errors,
			"see other:* in the log; EADDRNOTAVAIL: more --listeners, EMFILE: a higher ulimit -n");
	bad |= complain(t->exchange_errors > 0, "connection ends failed after they were established",
			t->exchange_errors, "see the errno column of the log");
	bad |= complain(t->refused != wanted, "attempts were refused, which is not the number planned", t->refused,
			"another process uses these ports; run in a separate network namespace");
	bad |= complain(t->unknown_ports > 0, "log lines have source port 0", t->unknown_ports,
			"this kernel forgets it, use --bind-refused; or the attempt failed before it had one");
	bad |=
	    complain(t->server_ends != t->established, "connections were accepted, which is not the number established",
		     t->server_ends, "a connection was lost or another process connected");
	bad |= complain(children_failed > 0, "child processes failed", (uint64_t)children_failed,
			"see the messages above");
	return bad;
}

static void wait_for_line(void)
{
	char line[64];

	puts("listening");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		die(EXIT_FAILED, "stdin ended before a line came");
}

int run_main(int argc, char **argv)
{
	uint64_t begin, established;
	double seconds, cpu;
	int failed = 0, status;
	struct totals t;

	options_parse(argc, argv);
	if (options.io_uring)
		uring_check();
	mptcp_check();
	identity_set(options.name, "");
	plan_draw();
	truth_open(options.connections * 2 + 1024);
	listen_open();
	server_prepare();
	begin = now_ns();
	client_prepare(begin);
	start_children();
	if (!options.server_processes)
		server_start();
	if (options.wait)
		wait_for_line();
	client_run();
	for (int i = (int)options.server_processes; i < child_count; i++)
		failed += !wait_child(children[i]);
	established = truth_totals().established;
	wait_servers(established);
	seconds = (double)(now_ns() - begin) / 1e9;
	listen_shutdown();
	if (!options.server_processes)
		server_join();
	for (int i = 0; i < (int)options.server_processes; i++)
		failed += !wait_child(children[i]);
	listen_close();
	cpu = cpu_us(RUSAGE_SELF) + cpu_us(RUSAGE_CHILDREN);
	t = truth_totals();
	if (options.log)
		truth_write(options.log);
	status = judge(&t, failed) ? EXIT_FAILED : 0;
	printf("connections=%" PRIu64 " established=%" PRIu64 " refused=%" PRIu64 " reset=%" PRIu64 " other=%" PRIu64
	       " seconds=%.3f connections_per_s=%.0f cpu_us_per_connection=%.1f repeated_tuples=%" PRIu64 "\n",
	       options.connections, t.established, t.refused, t.reset, t.errors + t.aborted, seconds,
	       (double)options.connections / seconds, cpu / (double)options.connections, truth_repeated());
	return status;
}

#define _GNU_SOURCE
#include "attempt.h"
#include "exchange.h"
#include "options.h"
#include "run.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Two descriptors per connection stay far below the usual hard limit, and an accept queue has room for as many (net.core.somaxconn). */
enum { MOST_OF_A_PROCESS = 4000, MOST_PROCESSES = 1000, BACKLOG = 4096 };

static const struct option known[] = {
    {"connections", 1, NULL, 'c'}, {"namespaces", 1, NULL, 'n'}, {"unaccepted", 0, NULL, 'u'},
    {"payload", 1, NULL, 'p'},	   {"reply", 1, NULL, 'r'},	 {"family", 1, NULL, 'f'},
    {"address", 1, NULL, 'a'},	   {"mptcp", 1, NULL, 'm'},	 {"name", 1, NULL, 'N'},
    {"log", 1, NULL, 'l'},	   {"help", 0, NULL, 'h'},	 {NULL, 0, NULL, 0},
};

/* One connection, both ends in one process; the server's is -1 until it is accepted. */
struct pair {
	int client, server;
	struct truth *client_entry, *server_entry;
};

/* A process that holds its share: each byte that it reads from `go` is a command, each byte that it writes to `done` a reply. */
struct holder {
	pid_t pid;
	int go, done;
};

static struct holder holders[MOST_PROCESSES];
static uint64_t holder_count, namespaces;
static int unaccepted;

static void enter_new_namespace(void)
{
	struct ifreq loopback = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	int fd;

	if (unshare(CLONE_NEWNET) != 0)
		die(EXIT_FAILED, "cannot make a network namespace: %s; run as root or leave out --namespaces",
		    strerror(errno));
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &loopback) != 0)
		die(EXIT_FAILED, "cannot bring up loopback in a new network namespace: %s", strerror(errno));
	close(fd);
	self.netns = 0; /* not the parent's */
}

static int listen_on(struct address *address)
{
	int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, stream_protocol(MPTCP_SERVER));

	if (fd < 0 || bind(fd, &address->any, address->length) != 0 || listen(fd, BACKLOG) != 0)
		die(EXIT_FAILED, "cannot listen: %s", strerror(errno));
	address_set_port(address, address_of_socket(fd).port);
	return fd;
}

static void open_pair(struct pair *pair, int listener, const struct address *to)
{
	struct attempt attempt = {.to = *to};

	pair->server = -1;
	pair->client_entry = truth_add(SIDE_CLIENT);
	pair->client = attempt_connect(&attempt, pair->client_entry);
	if (pair->client_entry->result != RESULT_ESTABLISHED)
		die(EXIT_FAILED, "a connection failed: %s", strerror(pair->client_entry->error));
	pair->client_entry->ended = ENDED_CLIENT_FIRST;
	if (unaccepted)
		return;
	pair->server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (pair->server < 0)
		die(EXIT_FAILED, "accept: %s", strerror(errno));
	pair->server_entry = truth_add(SIDE_SERVER);
	pair->server_entry->src = pair->client_entry->src;
	pair->server_entry->dst = pair->client_entry->dst;
	pair->server_entry->ended = ENDED_CLIENT_FIRST;
}

static void exchange(struct pair *pair)
{
	int error = exchange_send(pair->client, options.payload, &pair->client_entry->sent);

	if (!error && pair->server >= 0)
		error = exchange_receive(pair->server, options.payload, &pair->server_entry->received);
	if (!error && pair->server >= 0)
		error = exchange_send(pair->server, options.reply, &pair->server_entry->sent);
	if (!error && pair->server >= 0)
		error = exchange_receive(pair->client, options.reply, &pair->client_entry->received);
	if (error)
		die(EXIT_FAILED, "an exchange failed: %s", strerror(error));
}

static void close_pair(struct pair *pair)
{
	close(pair->client);
	if (pair->server < 0)
		return;
	pair->server_entry->error = exchange_wait_end(pair->server, &pair->server_entry->received);
	close(pair->server);
}

static void answer(int done)
{
	if (write(done, "", 1) != 1)
		_exit(EXIT_FAILED); /* the parent is gone */
}

static void hold(uint64_t connections, int go, int done)
{
	struct pair *pairs = calloc(connections, sizeof(*pairs));
	struct address to;
	char command;
	int listener;

	if (namespaces)
		enter_new_namespace();
	identity_set(options.name, "");
	to = address_parse(options.address ? options.address : options.family == FAMILY_6 ? "::1" : "127.0.0.1", 0);
	listener = listen_on(&to);
	for (uint64_t i = 0; i < connections; i++)
		open_pair(&pairs[i], listener, &to);
	answer(done);
	while (read(go, &command, 1) == 1) {
		for (uint64_t i = 0; i < connections; i++)
			exchange(&pairs[i]);
		answer(done);
	}
	for (uint64_t i = 0; i < connections; i++)
		close_pair(&pairs[i]);
	close(listener);
	free(pairs);
}

static void start_holder(uint64_t connections)
{
	struct holder *h = &holders[holder_count];
	pid_t parent = getpid();
	int go[2], done[2];

	if (pipe(go) != 0 || pipe(done) != 0 || (h->pid = fork()) < 0)
		die(EXIT_FAILED, "cannot start a process: %s", strerror(errno));
	if (h->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_FAILED);
		for (uint64_t i = 0; i < holder_count; i++)
			close(holders[i].go); /* otherwise the others would not see its end */
		close(go[1]);
		close(done[0]);
		hold(connections, go[0], done[1]);
		_exit(0);
	}
	close(go[0]);
	close(done[1]);
	h->go = go[1];
	h->done = done[0];
	holder_count++;
}

static void wait_answers(const char *word)
{
	char byte;

	for (uint64_t i = 0; i < holder_count; i++)
		if (read(holders[i].done, &byte, 1) != 1)
			die(EXIT_FAILED, "a process failed; see the messages above");
	puts(word);
	fflush(stdout);
}

static void parse(int argc, char **argv)
{
	static const char *const families[] = {"4", "6", NULL};
	int option;

	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'c':
			options.connections = parse_count("--connections", optarg, 1, 1000000);
			break;
		case 'n':
			namespaces = parse_count("--namespaces", optarg, 0, MOST_PROCESSES);
			break;
		case 'u':
			unaccepted = 1;
			break;
		case 'p':
			options.payload = parse_count("--payload", optarg, 0, 65536);
			break;
		case 'r':
			options.reply = parse_count("--reply", optarg, 0, 65536);
			break;
		case 'f':
			options.family = parse_choice("--family", optarg, families) == 1 ? FAMILY_6 : FAMILY_4;
			break;
		case 'a':
			options.address = optarg;
			break;
		case 'm':
			options.mptcp = parse_mptcp("--mptcp", optarg);
			break;
		case 'N':
			name_unescape(optarg, options.name);
			break;
		case 'l':
			options.log = optarg;
			break;
		case 'h':
			usage();
			exit(0);
		default:
			die(EXIT_USAGE, "see `netload --help`");
		}
	}
	if (optind < argc)
		die(EXIT_USAGE, "'%s' is not an option; see `netload --help`", argv[optind]);
}

int hold_main(int argc, char **argv)
{
	uint64_t processes, failed = 0;
	char line[64];

	options.connections = 1000;
	parse(argc, argv);
	mptcp_check();
	processes = namespaces ? namespaces : (options.connections + MOST_OF_A_PROCESS - 1) / MOST_OF_A_PROCESS;
	if (processes > options.connections || options.connections > processes * MOST_OF_A_PROCESS)
		die(EXIT_USAGE, "--namespaces %" PRIu64 ": each takes 1 to %d of the --connections", namespaces,
		    MOST_OF_A_PROCESS);
	truth_open(options.connections * 2);
	for (uint64_t i = 0; i < processes; i++)
		start_holder(options.connections * (i + 1) / processes - options.connections * i / processes);
	wait_answers("open");
	while (fgets(line, sizeof(line), stdin)) {
		if (strcmp(line, "send\n") != 0)
			die(EXIT_USAGE, "stdin: the one command is: send");
		for (uint64_t i = 0; i < holder_count; i++)
			if (write(holders[i].go, "", 1) != 1)
				die(EXIT_FAILED, "a process is gone");
		wait_answers("sent");
	}
	for (uint64_t i = 0; i < holder_count; i++)
		close(holders[i].go);
	for (uint64_t i = 0; i < holder_count; i++) {
		int status;

		failed += waitpid(holders[i].pid, &status, 0) != holders[i].pid || status != 0;
	}
	if (failed)
		die(EXIT_FAILED, "%" PRIu64 " processes failed; see the messages above", failed);
	if (options.log)
		truth_write(options.log);
	puts("closed");
	return 0;
}

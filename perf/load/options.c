#define _GNU_SOURCE
#include "options.h"
#include "util.h"

#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP 262
#endif

struct options options = {
    .connections = 10000,
    .seed = 1,
    .payload = 100,
    .reply = 200,
    .client_threads = 2,
    .server_threads = 2,
    .name = "netload",
};

void usage(void)
{
	puts("netload: makes real TCP connections and logs exactly what it did.\n"
	     "\n"
	     "netload run [options]      connections between its own clients and its own servers\n"
	     "  --connections N          total attempts, including refused ones (10000)\n"
	     "  --family 4|6|both|mapped both: alternating; mapped: IPv6 sockets to ::ffff:a.b.c.d (4)\n"
	     "  --address A              instead of 127.0.0.1 and ::1; fe80::1%eth0 for a link-local one\n"
	     "  --listeners N            listening ports per family, an even number (8, or more for\n"
	     "                           many connections: one per 2000, so that 4-tuples hardly repeat)\n"
	     "  --nonblocking PCT        share with a non-blocking connect (0)\n"
	     "  --refused PCT            share that goes to a port without a listener (0)\n"
	     "  --forked PCT             share made by a separate process, named NAME-f (0)\n"
	     "  --reset PCT              share the client ends with a reset (0)\n"
	     "  --payload BYTES          from client to server (100)\n"
	     "  --reply BYTES            from server to client (200)\n"
	     "  --vary                   sizes vary: 1 + i*7919 % (2*BYTES), the payload at least 4\n"
	     "  --client-threads N       (2); with --forked also the number of forking processes\n"
	     "  --server-threads N       per listening port and server process (2)\n"
	     "  --server-processes N     processes that accept, named NAME-w; 0: threads of this one (0)\n"
	     "  --server-accept accept|accept4   (accept4)\n"
	     "  --accept-address yes|no  whether accept asks for the client's address (no)\n"
	     "  --io-uring               connect and accept through io_uring; exit code 4 if unavailable\n"
	     "  --mptcp client|server|both   open Multipath TCP sockets there; exit code 4 if unavailable\n"
	     "  --bind-refused           bind refused attempts to a port before they connect\n"
	     "  --wait                   print \"listening\" and wait for a line on stdin before the first attempt\n"
	     "  --rate N                 total attempts per second; 0: as fast as possible (0)\n"
	     "  --name NAME              process name, with C escapes (netload)\n"
	     "  --seed N                 random seed for the kinds of the attempts (1)\n"
	     "  --log FILE               the truth, as TSV with a header, one line per end\n"
	     "\n"
	     "netload connect ADDR PORT [options]   attempts only; exit code 0 whatever their results\n"
	     "  --count N                total attempts (1)\n"
	     "  --threads N              threads that make them in parallel (1)\n"
	     "  --nonblocking            non-blocking connects\n"
	     "  --timeout MS             non-blocking; an unanswered one is logged as other:ABORTED\n"
	     "  --hold                   write the log, print \"held\", and close the sockets when stdin closes\n"
	     "  --closer thread|process  what closes them: a thread that did not create them, or a child\n"
	     "                           process that inherited them (thread)\n"
	     "  --name NAME, --log FILE  as above\n"
	     "\n"
	     "netload hold [options]     connections that stay open until stdin closes\n"
	     "  --connections N          total (1000); one process has at most 4000\n"
	     "  --namespaces N           spread over N new network namespaces; 0: this one (0)\n"
	     "  --unaccepted             leave them in the accept queue\n"
	     "  --payload BYTES, --reply BYTES, --family 4|6, --address A, --mptcp, --name NAME, --log FILE  as above\n"
	     "                           It prints \"open\", then reads lines from stdin: \"send\" sends a payload\n"
	     "                           and a reply on every connection and prints \"sent\"; at the end of stdin\n"
	     "                           it closes them, client first, and writes the log.\n"
	     "\n"
	     "netload getppid [--seconds S] [--threads N] [--slices N]\n"
	     "                           prints the cost of one system call: ns_per_call X.X\n"
	     "\n"
	     "netload cost [--connections N]\n"
	     "                           both ends of N connections (20000) in one thread that is not\n"
	     "                           preempted: cpu_us_per_connection X.X\n"
	     "\n"
	     "Of four attempts in a row the client closes the 1st and 3rd first, the server the others;\n"
	     "with --family both the 1st and 2nd are IPv4, the others IPv6. Reset ones: by the client.\n"
	     "Exit code: 0 as planned, 1 something failed, 2 wrong usage, 4 no io_uring or MPTCP.");
}

enum {
	O_CONNECTIONS = 256,
	O_FAMILY,
	O_ADDRESS,
	O_LISTENERS,
	O_NONBLOCKING,
	O_REFUSED,
	O_FORKED,
	O_RESET,
	O_PAYLOAD,
	O_REPLY,
	O_VARY,
	O_CLIENTS,
	O_SERVERS,
	O_PROCESSES,
	O_ACCEPT,
	O_ACCEPT_ADDRESS,
	O_URING,
	O_MPTCP,
	O_BIND,
	O_WAIT,
	O_RATE,
	O_NAME,
	O_SEED,
	O_LOG,
};

static const struct option known[] = {
    {"connections", 1, NULL, O_CONNECTIONS},
    {"family", 1, NULL, O_FAMILY},
    {"address", 1, NULL, O_ADDRESS},
    {"listeners", 1, NULL, O_LISTENERS},
    {"nonblocking", 1, NULL, O_NONBLOCKING},
    {"refused", 1, NULL, O_REFUSED},
    {"forked", 1, NULL, O_FORKED},
    {"reset", 1, NULL, O_RESET},
    {"payload", 1, NULL, O_PAYLOAD},
    {"reply", 1, NULL, O_REPLY},
    {"vary", 0, NULL, O_VARY},
    {"client-threads", 1, NULL, O_CLIENTS},
    {"server-threads", 1, NULL, O_SERVERS},
    {"server-processes", 1, NULL, O_PROCESSES},
    {"server-accept", 1, NULL, O_ACCEPT},
    {"accept-address", 1, NULL, O_ACCEPT_ADDRESS},
    {"io-uring", 0, NULL, O_URING},
    {"mptcp", 1, NULL, O_MPTCP},
    {"bind-refused", 0, NULL, O_BIND},
    {"wait", 0, NULL, O_WAIT},
    {"rate", 1, NULL, O_RATE},
    {"name", 1, NULL, O_NAME},
    {"seed", 1, NULL, O_SEED},
    {"log", 1, NULL, O_LOG},
    {"help", 0, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

enum mptcp parse_mptcp(const char *flag, const char *value)
{
	static const char *const sides[] = {"client", "server", "both", NULL};

	return (enum mptcp)(parse_choice(flag, value, sides) + MPTCP_CLIENT);
}

int stream_protocol(enum mptcp side)
{
	return options.mptcp & side ? IPPROTO_MPTCP : 0;
}

void mptcp_check(void)
{
	int fd = options.mptcp ? socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_MPTCP) : -1;

	if (options.mptcp && fd < 0)
		die(EXIT_NOT_HERE, "this kernel has no MPTCP (%s); see sysctl net.mptcp.enabled", strerror(errno));
	if (fd >= 0)
		close(fd);
}

static void take(int option, const char *flag, const char *value)
{
	static const char *const families[] = {"4", "6", "both", "mapped", NULL};
	static const char *const accepts[] = {"accept4", "accept", NULL};
	static const char *const no_yes[] = {"no", "yes", NULL};
	struct options *o = &options;

	switch (option) {
	case O_CONNECTIONS:
		o->connections = parse_count(flag, value, 1, 50000000);
		break;
	case O_FAMILY:
		o->family = (enum family)parse_choice(flag, value, families);
		break;
	case O_ADDRESS:
		o->address = value;
		break;
	case O_LISTENERS:
		o->listeners = (parse_count(flag, value, 2, 256) + 1) / 2 * 2;
		break;
	case O_NONBLOCKING:
		o->nonblocking = parse_number(flag, value, 0, 100);
		break;
	case O_REFUSED:
		o->refused = parse_number(flag, value, 0, 100);
		break;
	case O_FORKED:
		o->forked = parse_number(flag, value, 0, 100);
		break;
	case O_RESET:
		o->reset = parse_number(flag, value, 0, 100);
		break;
	case O_PAYLOAD:
		o->payload = parse_count(flag, value, 0, 1u << 30);
		break;
	case O_REPLY:
		o->reply = parse_count(flag, value, 0, 1u << 30);
		break;
	case O_VARY:
		o->vary = 1;
		break;
	case O_CLIENTS:
		o->client_threads = parse_count(flag, value, 1, 256);
		break;
	case O_SERVERS:
		o->server_threads = parse_count(flag, value, 1, 256);
		break;
	case O_PROCESSES:
		o->server_processes = parse_count(flag, value, 0, 256);
		break;
	case O_ACCEPT:
		o->plain_accept = parse_choice(flag, value, accepts) == 1;
		break;
	case O_ACCEPT_ADDRESS:
		o->accept_address = parse_choice(flag, value, no_yes) == 1;
		break;
	case O_URING:
		o->io_uring = 1;
		break;
	case O_MPTCP:
		o->mptcp = parse_mptcp(flag, value);
		break;
	case O_BIND:
		o->bind_refused = 1;
		break;
	case O_WAIT:
		o->wait = 1;
		break;
	case O_RATE:
		o->rate = parse_count(flag, value, 0, 10000000);
		break;
	case O_NAME:
		name_unescape(value, o->name);
		break;
	case O_SEED:
		o->seed = parse_count(flag, value, 0, UINT64_MAX);
		break;
	case O_LOG:
		o->log = value;
		break;
	default:
		die(EXIT_USAGE, "see `netload --help`");
	}
}

void options_parse(int argc, char **argv)
{
	int option, index = 0;

	while ((option = getopt_long(argc, argv, "h", known, &index)) != -1) {
		char flag[40];

		if (option == 'h') {
			usage();
			exit(0);
		}
		snprintf(flag, sizeof(flag), "--%s", option == '?' ? "" : known[index].name);
		take(option, flag, optarg);
	}
	if (optind < argc)
		die(EXIT_USAGE, "'%s' is not an option; see `netload --help`", argv[optind]);
	if (options.refused + options.reset > 100)
		die(EXIT_USAGE, "--refused and --reset together exceed 100 percent; a refused attempt cannot be reset");
	if (options.wait && options.forked > 0)
		die(EXIT_USAGE, "--wait: forking processes do not wait; leave out --forked");
	if (options.vary && !options.payload && options.reply)
		die(EXIT_USAGE, "--vary needs a --payload: it tells the server which reply is wanted");
	if (options.address && options.family == FAMILY_BOTH)
		die(EXIT_USAGE, "--address has one family; leave out --family both");
}

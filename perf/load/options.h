/* The options of `netload run`. */
#ifndef NETLOAD_OPTIONS_H
#define NETLOAD_OPTIONS_H

#include <stdint.h>

enum family { FAMILY_4, FAMILY_6, FAMILY_BOTH, FAMILY_MAPPED };
/* The sides that use Multipath TCP sockets. */
enum mptcp { MPTCP_NONE = 0, MPTCP_CLIENT = 1, MPTCP_SERVER = 2, MPTCP_BOTH = MPTCP_CLIENT | MPTCP_SERVER };

struct options {
	uint64_t connections, rate, seed;
	uint64_t payload, reply;
	uint64_t client_threads, server_threads, server_processes, listeners;
	double nonblocking, refused, forked, reset; /* percent */
	enum family family;
	enum mptcp mptcp;
	int vary, accept_address, plain_accept, io_uring, bind_refused, wait;
	const char *address, *log;
	char name[256];
};

extern struct options options;

/* For socket(): IPPROTO_MPTCP if that side was asked to use it, otherwise 0. */
int stream_protocol(enum mptcp side);
/* Exits if MPTCP was requested and this kernel does not support it. */
void mptcp_check(void);
enum mptcp parse_mptcp(const char *flag, const char *value);
void options_parse(int argc, char **argv);
void usage(void);

#endif

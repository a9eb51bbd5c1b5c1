/* What `netload run` was asked to do. */
#ifndef NETLOAD_OPTIONS_H
#define NETLOAD_OPTIONS_H

#include <stdint.h>

enum family { FAMILY_4, FAMILY_6, FAMILY_BOTH, FAMILY_MAPPED };

struct options {
	uint64_t connections, rate, seed;
	uint64_t payload, reply;
	uint64_t client_threads, server_threads, server_processes, listeners;
	double nonblocking, refused, forked, reset; /* percent */
	enum family family;
	int vary, accept_address, plain_accept, io_uring, bind_refused;
	const char *address, *log;
	char name[256];
};

extern struct options options;

void options_parse(int argc, char **argv);
void usage(void);

#endif

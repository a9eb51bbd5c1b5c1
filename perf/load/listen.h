/* The listening ports, and the bound ports without a listener. */
#ifndef NETLOAD_LISTEN_H
#define NETLOAD_LISTEN_H

#include "address.h"

#include <stdatomic.h>

enum { PORTS_REFUSED = 2 };

struct listener {
	int fd;
	int server_closes_first;
	struct address address; /* where clients connect */
	struct endpoint endpoint;
	_Atomic int *waiting; /* connected and not yet accepted; shared by all processes */
};

struct port_set {
	struct listener *listeners;
	struct address refused[PORTS_REFUSED];
	int refused_fd[PORTS_REFUSED];
	struct endpoint source; /* the kernel forgets the source address of a refused socket */
};

/* One set, or two with --family both. */
extern struct port_set port_sets[2];
extern int port_set_count;

void listen_open(void);
/* Wakes every blocked accept, in all processes. */
void listen_shutdown(void);
void listen_close(void);

#endif

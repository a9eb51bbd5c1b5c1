/* The connecting side of `netload run`. */
#ifndef NETLOAD_CLIENT_H
#define NETLOAD_CLIENT_H

#include <stdint.h>

/* Call before any fork. */
void client_prepare(uint64_t begin_ns);
/* A process that makes the forked attempts; it holds no connection, so neither do its children. */
void client_forker(void);
/* Makes all other attempts in threads of this process; returns when they are over. */
void client_run(void);

#endif

/* The accepting side of `netload run`. */
#ifndef NETLOAD_SERVER_H
#define NETLOAD_SERVER_H

#include <stdint.h>

/* Call before any fork. */
void server_prepare(void);
/* Starts the accepting threads of this process. */
void server_start(void);
/* Returns when all of them have ended: after listen_shutdown(). */
void server_join(void);
/* Connections accepted and closed so far, in all processes. */
uint64_t server_done(void);

#endif

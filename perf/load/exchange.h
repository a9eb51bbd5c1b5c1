/* Sending and receiving exact numbers of bytes on a blocking socket. */
#ifndef NETLOAD_EXCHANGE_H
#define NETLOAD_EXCHANGE_H

#include <stdint.h>

/* Each adds what it moved to *done and returns 0 or an errno. */
int exchange_send(int fd, uint64_t bytes, uint64_t *done);
/* The first 4 bytes are the number of the attempt: the server knows the sizes of each. */
int exchange_send_marked(int fd, uint32_t attempt, uint64_t bytes, uint64_t *done);
/* An early end of the stream is EPIPE. */
int exchange_receive(int fd, uint64_t bytes, uint64_t *done);
int exchange_receive_mark(int fd, uint32_t *attempt, uint64_t *done);
/* Waits until the peer closes; ECONNRESET if it resets. Further bytes are EPROTO. */
int exchange_wait_end(int fd, uint64_t *done);
/* Waits until the peer's kernel has everything: a reset would discard the rest. */
void exchange_wait_delivered(int fd);

#endif

/* One TCP connect by any method, and its outcome. */
#ifndef NETLOAD_ATTEMPT_H
#define NETLOAD_ATTEMPT_H

#include "truth.h"
#include "uring.h"

struct attempt {
	struct address to;
	const struct endpoint *bind_to; /* or NULL: the kernel binds as it connects */
	struct uring *ring; /* or NULL: connect() */
	int nonblocking;
	int timeout_ms; /* of a non-blocking connect; 0: as long as the kernel waits */
};

/* Fills dst, src, result, error and the times. Returns the socket (blocking when established), or -1. */
int attempt_connect(const struct attempt *attempt, struct truth *entry);

#endif

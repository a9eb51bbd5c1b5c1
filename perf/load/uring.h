/* Connect and accept through io_uring, one request at a time, by raw system calls. */
#ifndef NETLOAD_URING_H
#define NETLOAD_URING_H

#include "address.h"

struct uring {
	int fd;
	unsigned *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	void *sq_map, *cq_map;
	size_t sq_size, cq_size, sqes_size;
};

/* Exits with status 4 if the kernel's io_uring is missing or lacks one of the operations. */
void uring_check(void);
void uring_open(struct uring *ring);
void uring_close(struct uring *ring);
/* Like the system calls, but return -errno. */
int uring_connect(struct uring *ring, int fd, const struct address *address);
int uring_accept(struct uring *ring, int fd, struct sockaddr *address, socklen_t *length, int flags);

#endif

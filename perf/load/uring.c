#define _GNU_SOURCE
#include "uring.h"
#include "util.h"

#include <errno.h>
#include <linux/io_uring.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int setup(struct io_uring_params *params)
{
	memset(params, 0, sizeof(*params));
	return (int)syscall(SYS_io_uring_setup, 2, params);
}

void uring_check(void)
{
	struct io_uring_params params;
	struct io_uring_probe *probe = calloc(1, sizeof(*probe) + 256 * sizeof(struct io_uring_probe_op));
	int fd = setup(&params), supported;

	if (fd < 0)
		die(EXIT_NOT_HERE,
		    "no io_uring here: %s; the kernel lacks it or forbids it (kernel.io_uring_disabled, seccomp)",
		    strerror(errno));
	supported = probe && syscall(SYS_io_uring_register, fd, IORING_REGISTER_PROBE, probe, 256) == 0 &&
		    probe->last_op >= IORING_OP_CONNECT &&
		    (probe->ops[IORING_OP_ACCEPT].flags & IO_URING_OP_SUPPORTED) &&
		    (probe->ops[IORING_OP_CONNECT].flags & IO_URING_OP_SUPPORTED);
	free(probe);
	close(fd);
	if (!supported)
		die(EXIT_NOT_HERE, "the io_uring of this kernel cannot connect and accept; Linux 5.6 or later can");
}

static void *map(int fd, size_t size, off_t offset)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, offset);

	if (p == MAP_FAILED)
		die(EXIT_FAILED, "cannot map an io_uring: %s", strerror(errno));
	return p;
}

void uring_open(struct uring *r)
{
	struct io_uring_params p;
	char *sq, *cq;

	r->fd = setup(&p);
	if (r->fd < 0)
		die(EXIT_FAILED, "cannot make an io_uring: %s; try fewer threads or a higher locked-memory limit",
		    strerror(errno));
	r->sq_size = p.sq_off.array + p.sq_entries * sizeof(unsigned);
	r->cq_size = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	r->sqes_size = p.sq_entries * sizeof(struct io_uring_sqe);
	sq = r->sq_map = map(r->fd, r->sq_size, IORING_OFF_SQ_RING);
	cq = r->cq_map = map(r->fd, r->cq_size, IORING_OFF_CQ_RING);
	r->sqes = map(r->fd, r->sqes_size, IORING_OFF_SQES);
	r->sq_tail = (unsigned *)(void *)(sq + p.sq_off.tail);
	r->sq_mask = (unsigned *)(void *)(sq + p.sq_off.ring_mask);
	r->sq_array = (unsigned *)(void *)(sq + p.sq_off.array);
	r->cq_head = (unsigned *)(void *)(cq + p.cq_off.head);
	r->cq_tail = (unsigned *)(void *)(cq + p.cq_off.tail);
	r->cq_mask = (unsigned *)(void *)(cq + p.cq_off.ring_mask);
	r->cqes = (struct io_uring_cqe *)(void *)(cq + p.cq_off.cqes);
}

void uring_close(struct uring *r)
{
	munmap(r->sqes, r->sqes_size);
	munmap(r->cq_map, r->cq_size);
	munmap(r->sq_map, r->sq_size);
	close(r->fd);
}

static struct io_uring_sqe *next_sqe(struct uring *r, int opcode, int fd)
{
	unsigned slot = *r->sq_tail & *r->sq_mask;
	struct io_uring_sqe *sqe = &r->sqes[slot];

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = (__u8)opcode;
	sqe->fd = fd;
	r->sq_array[slot] = slot;
	return sqe;
}

static int submit_and_wait(struct uring *r)
{
	unsigned head = *r->cq_head, to_submit = 1;
	int result;

	__atomic_store_n(r->sq_tail, *r->sq_tail + 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(r->cq_tail, __ATOMIC_ACQUIRE) == head) {
		long n = syscall(SYS_io_uring_enter, r->fd, to_submit, 1, IORING_ENTER_GETEVENTS, NULL, 0);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			die(EXIT_FAILED, "io_uring_enter: %s", strerror(errno));
		if (n > 0)
			to_submit = 0;
	}
	result = r->cqes[head & *r->cq_mask].res;
	__atomic_store_n(r->cq_head, head + 1, __ATOMIC_RELEASE);
	return result;
}

int uring_connect(struct uring *r, int fd, const struct address *address)
{
	struct io_uring_sqe *sqe = next_sqe(r, IORING_OP_CONNECT, fd);

	sqe->addr = (uintptr_t)&address->any;
	sqe->off = address->length;
	return submit_and_wait(r);
}

int uring_accept(struct uring *r, int fd, struct sockaddr *address, socklen_t *length, int flags)
{
	struct io_uring_sqe *sqe = next_sqe(r, IORING_OP_ACCEPT, fd);

	sqe->addr = (uintptr_t)address;
	sqe->addr2 = (uintptr_t)length;
	sqe->accept_flags = (__u32)flags;
	return submit_and_wait(r);
}

/* The truth log: what each end of each attempt did, kept in shared memory until the end. */
#ifndef NETLOAD_TRUTH_H
#define NETLOAD_TRUTH_H

#include "address.h"
#include "util.h"

enum side { SIDE_CLIENT, SIDE_SERVER };
enum result { RESULT_ESTABLISHED, RESULT_REFUSED, RESULT_ABORTED, RESULT_ERROR };
enum ended { ENDED_NONE, ENDED_CLIENT_FIRST, ENDED_SERVER_FIRST, ENDED_RESET };

struct truth {
	uint8_t side, result, ended;
	int error; /* of connect; for an established one, of the exchange */
	struct endpoint src, dst;
	struct identity who;
	uint64_t sent, received;
	uint64_t start_ns, end_ns;
};

struct totals {
	uint64_t established, refused, aborted, reset, server_ends;
	uint64_t errors; /* connect failed in another way */
	uint64_t exchange_errors; /* established, then failed; on either end */
	uint64_t unknown_ports; /* source port not known */
	int first_error;
};

/* Before any fork: the memory is shared with the children. */
void truth_open(uint64_t capacity);
/* A fresh entry with `who` filled in. */
struct truth *truth_add(enum side side);
struct totals truth_totals(void);
/* Attempts whose 4-tuple an earlier attempt had too. */
uint64_t truth_repeated(void);
void truth_write(const char *path);

#endif

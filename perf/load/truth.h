/* The truth log: the record of each end of each attempt, in shared memory until the end. */
#ifndef NETLOAD_TRUTH_H
#define NETLOAD_TRUTH_H

#include "address.h"
#include "util.h"

enum side { SIDE_CLIENT, SIDE_SERVER };
enum result { RESULT_ESTABLISHED, RESULT_REFUSED, RESULT_ABORTED, RESULT_ERROR };
enum ended { ENDED_NONE, ENDED_CLIENT_FIRST, ENDED_SERVER_FIRST, ENDED_RESET };

struct truth {
	uint8_t side, result, ended;
	int error; /* of connect; if established, of the exchange */
	struct endpoint src, dst;
	struct identity who;
	uint64_t sent, received;
	uint64_t start_ns, end_ns;
};

struct totals {
	uint64_t established, refused, aborted, reset, server_ends;
	uint64_t errors; /* connect failed in another way */
	uint64_t exchange_errors; /* established, then failed; on either end */
	uint64_t unknown_ports; /* the source port is unknown */
	int first_error;
};

/* Call before any fork: the children share the memory. */
void truth_open(uint64_t capacity);
/* A new entry with `who` filled in. */
struct truth *truth_add(enum side side);
struct totals truth_totals(void);
/* Attempts that repeat the 4-tuple of an earlier one. */
uint64_t truth_repeated(void);
void truth_write(const char *path);

#endif

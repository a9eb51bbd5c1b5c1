/* The plan of each attempt: drawn before the run, identical for the same seed. */
#ifndef NETLOAD_PLAN_H
#define NETLOAD_PLAN_H

#include <stdint.h>

enum kind { KIND_REFUSED = 1, KIND_RESET = 2, KIND_FORKED = 4, KIND_NONBLOCKING = 8 };

void plan_draw(void);
unsigned plan_kinds(uint64_t attempt);
uint64_t plan_share(double percent);
uint64_t plan_payload(uint64_t attempt);
uint64_t plan_reply(uint64_t attempt);

/* Every attempt has its own slot in the pace of the whole run. */
uint64_t plan_start_ns(uint64_t attempt, uint64_t begin_ns);

#endif

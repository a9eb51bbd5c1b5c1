#define _GNU_SOURCE
#include "plan.h"
#include "options.h"
#include "util.h"

#include <stdlib.h>

static uint8_t *kinds;

/* splitmix64 */
static uint64_t draw(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15u);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return z ^ (z >> 31);
}

uint64_t plan_share(double percent)
{
	return (uint64_t)((double)options.connections * percent / 100 + 0.5);
}

/* Selection sampling: exactly `wanted` attempts of those that are not of kind `excluded`. */
static void mark(enum kind kind, double percent, unsigned excluded, uint64_t candidates)
{
	uint64_t state = options.seed * 31 + (uint64_t)kind;
	uint64_t wanted = plan_share(percent);

	if (wanted > candidates)
		wanted = candidates;
	for (uint64_t i = 0; i < options.connections && wanted; i++) {
		if (kinds[i] & excluded)
			continue;
		if (draw(&state) % candidates < wanted) {
			kinds[i] |= (uint8_t)kind;
			wanted--;
		}
		candidates--;
	}
}

void plan_draw(void)
{
	uint64_t all = options.connections;

	kinds = calloc(all, 1);
	if (!kinds)
		die(EXIT_FAILED, "no memory to plan the run; use fewer --connections");
	mark(KIND_REFUSED, options.refused, 0, all);
	mark(KIND_RESET, options.reset, KIND_REFUSED, all - plan_share(options.refused));
	mark(KIND_FORKED, options.forked, 0, all);
	mark(KIND_NONBLOCKING, options.nonblocking, 0, all);
}

unsigned plan_kinds(uint64_t attempt)
{
	return kinds[attempt];
}

uint64_t plan_payload(uint64_t attempt)
{
	uint64_t size;

	if (!options.vary || !options.payload)
		return options.payload;
	size = 1 + attempt * 7919 % (options.payload * 2);
	return size < 4 ? 4 : size; /* it carries the number of the attempt */
}

uint64_t plan_reply(uint64_t attempt)
{
	if (!options.vary || !options.reply)
		return options.reply;
	return 1 + attempt * 7919 % (options.reply * 2);
}

uint64_t plan_start_ns(uint64_t attempt, uint64_t begin_ns)
{
	return begin_ns + (uint64_t)((double)attempt * 1e9 / (double)options.rate);
}

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The one door to the rings: whatever passes here is counted, and comes out whole or not at all. */
#ifndef NM_EMIT_H
#define NM_EMIT_H

#include "knobs.h"
#include "maps.h"

static __always_inline struct nm_counters *nm_counters_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&counters, &zero);
}

/* Additions are atomic: a softirq may interrupt a program on its own CPU and count too. */
static __always_inline void nm_count_lost(enum nm_drop reason)
{
	struct nm_counters *c = nm_counters_here();

	if (!c)
		return;
	__sync_fetch_and_add(&c->seen, 1);
	__sync_fetch_and_add(&c->dropped[reason], 1);
}

/* The beginning of a record; the rest of it is 0. */
#define NM_RECORD(which, towards)                                                                                      \
	{                                                                                                              \
		.size = sizeof(struct nm_record), .version = NM_VERSION, .kind = (which), .direction = (towards),       \
	}

/*
 * Writes a record that was gathered on the stack, and tells its time. `since_ns`: what elapsed_ns counts from, or 0.
 *
 * Between reserving room and submitting it there is just a copy and a clock: a task that is preempted there holds up its
 * ring for as long as it does not run. The time is read after the room is reserved: what the agent does not yet see
 * reserved when it begins a drain is younger than the drain, which is what makes the drain's start a watermark.
 *
 * Never wakes the agent: it polls. A wake-up per event costs ten times the CPU of the event.
 */
static __noinline __u64 nm_emit(const struct nm_record *record, __u64 since_ns)
{
	__u32 index = bpf_get_smp_processor_id() % nm_knobs.ring_count;
	void *ring = bpf_map_lookup_elem(&rings, &index);
	struct nm_counters *c;
	struct nm_record *r;
	__u64 now;

	if (!ring)
		return 0; /* not on any CPU: the index is below the count */
	r = bpf_ringbuf_reserve(ring, sizeof(*r), 0);
	if (!r) {
		nm_count_lost(NM_DROP_RING_FULL);
		return bpf_ktime_get_ns();
	}
	__builtin_memcpy(r, record, sizeof(*r));
	now = bpf_ktime_get_ns();
	r->ktime_ns = now;
	if (since_ns)
		r->elapsed_ns = now - since_ns;
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	c = nm_counters_here();
	if (c) {
		__sync_fetch_and_add(&c->seen, 1);
		__sync_fetch_and_add(&c->delivered, 1);
	}
	return now;
}

#endif

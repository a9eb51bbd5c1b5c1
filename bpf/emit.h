/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The only path to the rings: everything that passes here is counted, and is written completely or not at all. */
#ifndef NM_EMIT_H
#define NM_EMIT_H

#include "accounts.h"
#include "knobs.h"
#include "maps.h"

static __always_inline struct nm_counters *nm_counters_here(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&counters, &zero);
}

/* Additions are atomic: a softirq may interrupt a program on its CPU and count as well. `a`: the cgroup's account, or NULL. */
static __always_inline void nm_count_lost(enum nm_drop reason, struct nm_account *a)
{
	struct nm_counters *c = nm_counters_here();

	if (a)
		__sync_fetch_and_add(&a->dropped[reason], 1);
	if (!c)
		return;
	__sync_fetch_and_add(&c->seen, 1);
	__sync_fetch_and_add(&c->dropped[reason], 1);
}

/* The start of a record; the rest of it is 0. */
#define NM_RECORD(which, towards, cookie)                                                                              \
	{                                                                                                              \
		.size = sizeof(struct nm_record), .version = NM_VERSION, .kind = (which), .direction = (towards),      \
		.connection_id = (cookie),                                                                             \
	}

/*
 * Writes a record that was built on the stack, and returns its time. `since_ns`: the start of its latency, or of a CLOSE's
 * duration; 0: neither.
 *
 * Between reserving and submitting there are only a copy and a clock read: a task that is preempted there blocks its ring
 * until it runs again. The time is read after the reservation: a record that is not reserved yet when the agent begins a
 * drain is newer than the drain, which makes the start of the drain a watermark.
 *
 * Never wakes the agent, which polls: a wake-up per event costs ten times the CPU time of the event.
 */
static __noinline __u64 nm_emit(const struct nm_record *record, __u64 since_ns)
{
	__u32 index = bpf_get_smp_processor_id() % nm_knobs.ring_count;
	void *ring = bpf_map_lookup_elem(&rings, &index);
	struct nm_account *a = nm_account_of(record->owner.cgroup_id);
	struct nm_counters *c;
	struct nm_record *r;
	__u64 now;

	if (!ring || !a)
		return 0; /* impossible: the index is below the count */
	__sync_fetch_and_add(&a->seen, 1);
	if (nm_knobs.share_ns) {
		now = bpf_ktime_get_ns();
		if (!nm_within_share(a, now)) {
			nm_count_lost(NM_DROP_FAIR_SHARE, a);
			return now;
		}
	}
	r = bpf_ringbuf_reserve(ring, sizeof(*r), 0);
	if (!r) {
		nm_count_lost(NM_DROP_RING_FULL, a);
		return bpf_ktime_get_ns();
	}
	__builtin_memcpy(r, record, sizeof(*r));
	now = bpf_ktime_get_ns();
	r->ktime_ns = now;
	if (since_ns) {
		if (record->kind == NM_CLOSE)
			r->duration_ns = now - since_ns;
		else
			r->latency_ns = now - since_ns;
	}
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	a->last_ns = now;
	c = nm_counters_here();
	if (c) {
		__sync_fetch_and_add(&c->seen, 1);
		__sync_fetch_and_add(&c->delivered, 1);
	}
	return now;
}

#endif

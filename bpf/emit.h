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

/*
 * The time of a record is read after its room is reserved: what the agent does not yet see reserved when it begins a
 * drain is younger than the drain, which is what makes the drain's start a watermark.
 *
 * Room for a record, header and reserved bytes written, the rest for the caller to fill; NULL: counted as lost.
 */
static __always_inline struct nm_record *nm_reserve(enum nm_kind kind, enum nm_direction direction)
{
	__u32 index = bpf_get_smp_processor_id() % nm_knobs.ring_count;
	void *ring = bpf_map_lookup_elem(&rings, &index);
	struct nm_record *r;

	if (!ring)
		return NULL; /* not on any CPU: the index is below the count */
	r = bpf_ringbuf_reserve(ring, sizeof(*r), 0);
	if (!r) {
		nm_count_lost(NM_DROP_RING_FULL);
		return NULL;
	}
	r->size = sizeof(*r);
	r->version = NM_VERSION;
	r->kind = kind;
	r->direction = direction;
	r->reserved = 0;
	r->reserved2 = 0;
	return r;
}

/* Never wakes the agent: it polls. A wake-up per event costs ten times the CPU of the event. */
static __always_inline void nm_submit(struct nm_record *r)
{
	struct nm_counters *c = nm_counters_here();

	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	if (!c)
		return;
	__sync_fetch_and_add(&c->seen, 1);
	__sync_fetch_and_add(&c->delivered, 1);
}

static __always_inline void nm_no_traffic(struct nm_record *r)
{
	r->bytes_sent = 0;
	r->bytes_received = 0;
	r->srtt_us = 0;
	r->retransmits = 0;
}

#endif

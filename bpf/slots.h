/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The state of a socket: one slot of a table that is created before anything is attached and never grows, found by the
 * socket's cookie. Nothing here allocates, so that the agent can't make operations of the node's processes fail, and their
 * memory is not charged to the agent. A socket without a slot is counted, and its events are lost.
 *
 * A slot's first word contains its key and its phase, so that claiming a slot, changing its phase and freeing it are one
 * compare-and-swap each. BPF supports that from 5.12 on (arm64: 5.18); NM_NO_CMPXCHG builds the same functions on a
 * preallocated hash table for older kernels.
 */
#ifndef NM_SLOTS_H
#define NM_SLOTS_H

#include "claim.h"
#include "kernel.h"
#include "knobs.h"
#include "../schemas/record.h"

/*
 * The table may outlive the agent, pinned, and the next agent continues with it. A different number here makes it start
 * with a new table: increment it with every change of struct nm_slot, of the numbers of phases and marks, or of the places
 * of slots. Mirrored by engine/Sources/Kernel/State/KernelState.cs.
 */
enum nm_slots_layout {
	NM_SLOTS_LAYOUT = 1,
};

enum nm_phase {
	NM_PHASE_NONE = 0,
	NM_PHASE_CALLED, /* owner: the caller of connect(); no SYN yet */
	NM_PHASE_CONNECTING, /* SYN sent; CONNECT not yet written */
	NM_PHASE_OUTBOUND, /* CONNECT written */
	NM_PHASE_ACCEPTING, /* established, not known to be accepted; ACCEPT not yet written */
	NM_PHASE_TAKEN, /* an accept hook is writing the ACCEPT */
	NM_PHASE_INBOUND, /* ACCEPT written */
	NM_PHASE_CLOSED, /* CLOSE written, or about to be; after NM_PHASE_TAKEN the accept hook frees the slot */
	NM_PHASES = 15, /* a mask */
	NM_PHASE_REPORTED_1 = 128, /* with OUTBOUND and INBOUND: which of nm_slot.reported is valid */
};

enum nm_mark {
	NM_RELEASED = 1, /* close() has been called */
	NM_ASKED = 2, /* the dialed destination was recorded before other programs could change it */
};

/* The values in a connection's last FLOW. */
struct nm_reported {
	__u64 sent;
	__u64 received;
};

/* Two cache lines: the first has everything that a typical connection needs, except its latency. */
struct nm_slot {
	__u64 word; /* cookie << 8 | enum nm_phase; 0: free */
	__u64 since_ns; /* when connect() was called, then when the connection was established */
	struct nm_owner owner;
	__u32 data_segments; /* tcp_sock.data_segs_in when the socket was released */
	__u16 dialed_port; /* as passed to connect(), host order */
	__u8 flags; /* enum nm_flags */
	__u8 marks; /* enum nm_mark */
	struct sock *sock; /* for the sweep: only valid while its cookie is this slot's */
	__u64 latency_ns; /* as in struct nm_record */
	__u64 reported_ns; /* when the last FLOW was written; 0: none */
	struct nm_reported reported[2];
	__u8 dialed_addr[16]; /* as passed to connect() */
};

static __always_inline enum nm_phase nm_slot_phase(struct nm_slot *s)
{
	return s->word & NM_PHASES;
}

/* Left by the previous agent: what happened to the socket in between is unknown. */
static __always_inline bool nm_slot_is_inherited(struct nm_slot *s)
{
	return s->since_ns < nm_knobs.began_ns;
}

/* Initialises a claimed slot. */
static __always_inline void nm_slot_begin(struct nm_slot *s, struct sock *sk, __u64 now)
{
	s->since_ns = now;
	s->sock = sk;
	s->flags = 0;
	s->marks = 0;
	s->latency_ns = 0;
	s->reported_ns = 0;
	s->reported[0].sent = 0;
	s->reported[0].received = 0;
}

static __always_inline __u64 nm_slot_word(__u64 cookie, enum nm_phase phase)
{
	return cookie << 8 | phase;
}

#ifndef NM_NO_CMPXCHG

typedef __u32 nm_slot_key; /* an index */

/* The agent sets the size, a power of two. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nm_slot);
} slots SEC(".maps");

#define NM_NEAR_MASK 2047 /* 256 KiB of slots */
#define NM_PROBES 32 /* with nine tenths of all places taken, one socket in thirty finds no slot */

/*
 * The places of a socket: first at the start of the table, at the cookie itself, which the kernel assigns in sequence, so
 * that short-lived sockets reuse memory that is in the cache. Then at places all over the table that are derived from the
 * cookie, each by a step of a linear congruential generator (Knuth's MMIX): taken places are consecutive, so places at
 * equal distances would all be taken at once.
 */
static __always_inline struct nm_slot *nm_slot_at(__u64 *drawn, int probe)
{
	__u32 at = (probe ? *drawn >> 32 : *drawn & NM_NEAR_MASK) & nm_knobs.slot_mask;

	*drawn = *drawn * 6364136223846793005ull + 1442695040888963407ull;
	return bpf_map_lookup_elem(&slots, &at);
}

static __noinline struct nm_slot *nm_slot_search(__u64 cookie)
{
	__u64 drawn = cookie;

#pragma clang loop unroll(disable)
	for (int probe = 0; probe < NM_PROBES; probe++) {
		struct nm_slot *s = nm_slot_at(&drawn, probe);

		if (s && s->word >> 8 == cookie)
			return s;
	}
	return NULL;
}

static __always_inline struct nm_slot *nm_slot_find(__u64 cookie)
{
	__u64 drawn = cookie;
	struct nm_slot *s = nm_slot_at(&drawn, 0);

	return s && s->word >> 8 == cookie ? s : nm_slot_search(cookie);
}

/* Claims a slot for a socket that has none; its other fields are undefined. NULL: no slot is free. */
static __noinline struct nm_slot *nm_slot_claim(__u64 cookie, enum nm_phase phase)
{
	__u64 drawn = cookie;

#pragma clang loop unroll(disable)
	for (int probe = 0; probe < NM_PROBES; probe++) {
		struct nm_slot *s = nm_slot_at(&drawn, probe);

		if (s && !s->word && nm_claim(&s->word, nm_slot_word(cookie, phase)))
			return s;
	}
	return NULL;
}

/* Changes the phase; true for the only caller who succeeds. */
static __always_inline bool nm_slot_turn(struct nm_slot *s, __u64 cookie, enum nm_phase from, enum nm_phase to)
{
	__u64 before = nm_slot_word(cookie, from);

	return __sync_val_compare_and_swap(&s->word, before, nm_slot_word(cookie, to)) == before;
}

/*
 * The last record of an open connection is about to be written: returns the values of its last FLOW, which do not change
 * from here on. Only the sweep may interfere, and it only switches between the two copies.
 */
static __always_inline struct nm_reported nm_slot_close(struct nm_slot *s, __u64 cookie)
{
	__u64 word = *(volatile __u64 *)&s->word, closed = nm_slot_word(cookie, NM_PHASE_CLOSED);

	if (__sync_val_compare_and_swap(&s->word, word, closed) != word) {
		word ^= NM_PHASE_REPORTED_1;
		*(volatile __u64 *)&s->word = closed;
	}
	return s->reported[!!(word & NM_PHASE_REPORTED_1)];
}

/* The sweep reports `next` of an open connection; false if it is being closed. `word`: the slot's previous word. */
static __always_inline bool nm_slot_report(struct nm_slot *s, __u64 word, const struct nm_reported *next)
{
	s->reported[!(word & NM_PHASE_REPORTED_1)] = *next;
	return __sync_val_compare_and_swap(&s->word, word, word ^ NM_PHASE_REPORTED_1) == word;
}

/* The sweep found the socket gone; false if another CPU has freed the slot. */
static __always_inline bool nm_slot_forget(struct nm_slot *s, __u64 word)
{
	return __sync_val_compare_and_swap(&s->word, word, 0) == word;
}

/* Until the next owner of the slot initialises it, it has no socket, and the sweep ignores it. */
static __always_inline void nm_slot_free(struct nm_slot *s, __u64 cookie)
{
	(void)cookie;
	*(struct sock *volatile *)&s->sock = NULL;
	*(volatile __u64 *)&s->word = 0;
}

#else

typedef __u64 nm_slot_key; /* a cookie */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct nm_slot);
} slots SEC(".maps");

/*
 * Decides who may leave NM_PHASE_ACCEPTING: only one caller can delete a socket's entry. All other transitions hold the
 * socket's lock.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, __u8);
} turns SEC(".maps");

static __always_inline struct nm_slot *nm_slot_find(__u64 cookie)
{
	return bpf_map_lookup_elem(&slots, &cookie);
}

static __always_inline struct nm_slot *nm_slot_claim(__u64 cookie, enum nm_phase phase)
{
	struct nm_slot fresh = {.word = nm_slot_word(cookie, phase)};
	__u8 one = 1;

	if (phase == NM_PHASE_ACCEPTING && bpf_map_update_elem(&turns, &cookie, &one, BPF_ANY))
		return NULL;
	if (bpf_map_update_elem(&slots, &cookie, &fresh, BPF_NOEXIST)) {
		if (phase == NM_PHASE_ACCEPTING)
			bpf_map_delete_elem(&turns, &cookie);
		return NULL;
	}
	return bpf_map_lookup_elem(&slots, &cookie);
}

static __always_inline bool nm_slot_turn(struct nm_slot *s, __u64 cookie, enum nm_phase from, enum nm_phase to)
{
	if (s->word != nm_slot_word(cookie, from))
		return false;
	if (from == NM_PHASE_ACCEPTING && bpf_map_delete_elem(&turns, &cookie))
		return false;
	*(volatile __u64 *)&s->word = nm_slot_word(cookie, to);
	return true;
}

static __always_inline struct nm_reported nm_slot_close(struct nm_slot *s, __u64 cookie)
{
	struct nm_reported last = s->reported[!!(s->word & NM_PHASE_REPORTED_1)];

	*(volatile __u64 *)&s->word = nm_slot_word(cookie, NM_PHASE_CLOSED);
	return last;
}

static __always_inline bool nm_slot_report(struct nm_slot *s, __u64 word, const struct nm_reported *next)
{
	s->reported[!(word & NM_PHASE_REPORTED_1)] = *next;
	if (*(volatile __u64 *)&s->word != word)
		return false;
	*(volatile __u64 *)&s->word = word ^ NM_PHASE_REPORTED_1;
	return true;
}

static __always_inline bool nm_slot_forget(struct nm_slot *s, __u64 word)
{
	__u64 cookie = word >> 8;

	(void)s;
	bpf_map_delete_elem(&turns, &cookie);
	return !bpf_map_delete_elem(&slots, &cookie);
}

static __always_inline void nm_slot_free(struct nm_slot *s, __u64 cookie)
{
	(void)s;
	bpf_map_delete_elem(&turns, &cookie);
	bpf_map_delete_elem(&slots, &cookie);
}

#endif

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is remembered of a socket: one slot of a table that is made before anything is attached and never grows, found
 * by the socket's cookie. Nothing here allocates, so nothing that the node's processes do can fail or be charged to the
 * agent for our being there. A socket that finds no slot is counted, and its events are not known.
 *
 * A slot's first word is its key and its phase, so that taking a slot, handing it on and giving it back are one
 * compare-and-swap each. The kernel's BPF has that from 5.12 on (arm64: 5.18); NM_NO_CMPXCHG builds the same functions
 * on a preallocated hash table for kernels before.
 */
#ifndef NM_SLOTS_H
#define NM_SLOTS_H

#include "kernel.h"
#include "knobs.h"
#include "../schemas/record.h"

enum nm_phase {
	NM_PHASE_NONE = 0,
	NM_PHASE_CALLED, /* owner: who called connect(); no SYN yet */
	NM_PHASE_CONNECTING, /* SYN sent; CONNECT not yet written */
	NM_PHASE_OUTBOUND, /* CONNECT written */
	NM_PHASE_ACCEPTING, /* established, not accepted as far as is known; ACCEPT not yet written */
	NM_PHASE_TAKEN, /* an accept hook is writing the ACCEPT */
	NM_PHASE_INBOUND, /* ACCEPT written */
	NM_PHASE_CLOSED, /* CLOSE written while an accept hook was writing the ACCEPT: that hook gives the slot back */
};

struct nm_slot {
	__u64 word; /* cookie << 8 | enum nm_phase; 0: free */
	__u64 since_ns; /* connect() called, then established */
	struct nm_owner owner;
	__u32 data_segments; /* the low half of tcp_sock.data_segs_in when the socket was released */
	__u16 dialed_port; /* as connect() was called, host order */
	__u8 flags; /* enum nm_flags */
	__u8 released; /* close() has been called */
	__u8 reserved[8];
	__u8 dialed_addr[16]; /* as connect() was called */
	__u8 reserved2[48];
};

static __always_inline __u8 nm_slot_phase(struct nm_slot *s)
{
	return (__u8)s->word;
}

static __always_inline __u64 nm_slot_word(__u64 cookie, enum nm_phase phase)
{
	return cookie << 8 | phase;
}

#ifndef NM_NO_CMPXCHG

/* The agent sets the size, a power of two. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nm_slot);
} slots SEC(".maps");

#define NM_PROBES 8

/*
 * Where a socket may be: first at the cookie itself, because the kernel gives cookies out in a row, so that neighbours in
 * time are neighbours in memory; then at places that are drawn from it.
 */
static __always_inline struct nm_slot *nm_slot_at(__u64 cookie, int probe)
{
	__u32 drawn = (cookie * 0x9e3779b97f4a7c15ull) >> 32;
	__u32 at = (probe ? drawn + probe * (drawn >> 16 | 1) : (__u32)cookie) & nm_knobs.slot_mask;

	return bpf_map_lookup_elem(&slots, &at);
}

static __noinline struct nm_slot *nm_slot_search(__u64 cookie)
{
#pragma unroll
	for (int probe = 1; probe < NM_PROBES; probe++) {
		struct nm_slot *s = nm_slot_at(cookie, probe);

		if (s && s->word >> 8 == cookie)
			return s;
	}
	return NULL;
}

static __always_inline struct nm_slot *nm_slot_find(__u64 cookie)
{
	struct nm_slot *s = nm_slot_at(cookie, 0);

	return s && s->word >> 8 == cookie ? s : nm_slot_search(cookie);
}

/* A slot for a socket that has none; its other fields hold anything. NULL: no room. */
static __always_inline struct nm_slot *nm_slot_claim(__u64 cookie, enum nm_phase phase)
{
#pragma unroll
	for (int probe = 0; probe < NM_PROBES; probe++) {
		struct nm_slot *s = nm_slot_at(cookie, probe);

		if (s && !s->word && !__sync_val_compare_and_swap(&s->word, 0, nm_slot_word(cookie, phase)))
			return s;
	}
	return NULL;
}

/* From one phase to another: true for the one caller who did it. */
static __always_inline bool nm_slot_turn(struct nm_slot *s, __u64 cookie, enum nm_phase from, enum nm_phase to)
{
	__u64 before = nm_slot_word(cookie, from);

	return __sync_val_compare_and_swap(&s->word, before, nm_slot_word(cookie, to)) == before;
}

static __always_inline void nm_slot_free(struct nm_slot *s, __u64 cookie)
{
	(void)cookie;
	*(volatile __u64 *)&s->word = 0;
}

#else

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u64);
	__type(value, struct nm_slot);
} slots SEC(".maps");

/* Who may leave NM_PHASE_ACCEPTING: just one caller can delete a socket's entry. All other turns are under its lock. */
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

static __always_inline void nm_slot_free(struct nm_slot *s, __u64 cookie)
{
	(void)s;
	bpf_map_delete_elem(&turns, &cookie);
	bpf_map_delete_elem(&slots, &cookie);
}

#endif

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * FLOW: the traffic so far of a connection that is still open. The agent periodically sweeps the table of sockets with an
 * iterator, which sees the sockets of all network namespaces without entering them; its records are read from the
 * iterator's file, not from a ring. A slot's socket may have been freed and its memory reused: TCP sockets are freed to their
 * own pool (SLAB_TYPESAFE_BY_RCU), so reading is safe; the cookie identifies the socket, and without references it is free.
 */
#ifndef NM_FLOW_H
#define NM_FLOW_H

#include "accept.h"
#include "close.h"

#define NM_UNSEEN_NS 5000000000ull /* an accept() that no hook has seen within this time will not be seen any more */
#define NM_GONE_NS 1000000000ull /* a younger slot may not have its socket yet */

static __always_inline bool nm_is_still(struct nm_slot *s, struct sock *sk, __u64 word)
{
	return nm_cookie(sk, false) == word >> 8 &&
	       ((*(volatile __u64 *)&s->word ^ word) & ~(__u64)NM_PHASE_REPORTED_1) == 0;
}

/* The socket is gone without a CLOSE: because of another program, or while no agent ran. */
static __always_inline void nm_sweep_gone(struct nm_slot *s, __u64 word)
{
	struct nm_counters *n;

	if (!nm_slot_forget(s, word))
		return;
	n = nm_counters_here();
	if (n)
		__sync_fetch_and_add(&n->closes_unseen, 1);
}

/* True: `r` must be written. False: nothing to report. */
static __always_inline bool nm_sweep_open(struct nm_slot *s, struct sock *sk, __u64 word, __u64 now, bool all,
					  struct nm_record *r)
{
	struct nm_reported last = s->reported[!!(word & NM_PHASE_REPORTED_1)], next;

	nm_fill_tuple(r, sk, nm_slot_phase(s) == NM_PHASE_OUTBOUND, false);
	nm_fill_slot(r, s);
	nm_fill_traffic(r, sk, &last, false);
	if (!nm_is_still(s, sk, word) || nm_load(false, sk, __sk_common.skc_state) == TCP_CLOSE)
		return false;
	if (!all && s->reported_ns && !r->delta_sent && !r->delta_received)
		return false;
	r->ktime_ns = now;
	r->duration_ns = now - s->since_ns;
	next.sent = r->bytes_sent;
	next.received = r->bytes_received;
	if (!nm_slot_report(s, word, &next))
		return false;
	s->reported_ns = now;
	return true;
}

/* Accepted without any hook seeing it: the listener is the owner. */
static __always_inline bool nm_sweep_unseen(struct nm_slot *s, struct sock *sk, __u64 word, __u64 now,
					    struct nm_record *r)
{
	struct nm_counters *n = nm_counters_here();

	if (nm_knobs.accept_hook != NM_ACCEPT_MOSTLY || now - s->since_ns < NM_UNSEEN_NS ||
	    !nm_load(false, sk, sk_socket))
		return false;
	nm_fill_tuple(r, sk, false, false);
	if (!nm_is_still(s, sk, word) || !nm_slot_turn(s, word >> 8, NM_PHASE_ACCEPTING, NM_PHASE_INBOUND))
		return false;
	nm_owner_listener_at(s, sk, false);
	nm_fill_slot(r, s);
	r->kind = NM_ACCEPT;
	r->ktime_ns = now;
	if (n)
		__sync_fetch_and_add(&n->accepts_inferred, 1);
	return true;
}

/* True: `r` contains this slot's record. */
static __always_inline bool nm_sweep_slot(struct nm_slot *s, struct nm_record *r)
{
	__u64 word = *(volatile __u64 *)&s->word, now = bpf_ktime_get_ns(), last;
	struct sock *sk = s->sock;
	struct nm_settings *set;
	enum nm_phase phase = word & NM_PHASES;
	__u32 zero = 0;

	set = bpf_map_lookup_elem(&settings, &zero);
	if (!word || !sk || !set)
		return false;
	if (nm_cookie(sk, false) != word >> 8 || !nm_load(false, sk, __sk_common.skc_refcnt.refs.counter)) {
		if (nm_slot_is_inherited(s) || now - s->since_ns > NM_GONE_NS)
			nm_sweep_gone(s, word);
		return false;
	}
	if (set->gone_only) {
		/* An attempt that failed before its SYN while no agent ran; if it is still in progress, the SYN creates another slot. */
		if (phase == NM_PHASE_CALLED && nm_slot_is_inherited(s) &&
		    nm_load(false, sk, __sk_common.skc_state) == TCP_CLOSE)
			nm_sweep_gone(s, word);
		return false;
	}
	r->size = sizeof(*r);
	r->version = NM_VERSION;
	r->connection_id = word >> 8;
	r->direction = phase == NM_PHASE_OUTBOUND ? NM_OUTBOUND : NM_INBOUND;
	if (phase == NM_PHASE_ACCEPTING)
		return nm_sweep_unseen(s, sk, word, now, r);
	if (phase != NM_PHASE_OUTBOUND && phase != NM_PHASE_INBOUND)
		return false;
	last = s->reported_ns ? s->reported_ns : s->since_ns;
	if (!set->flow_all && (!set->flow_every_ns || (__s64)(now - last) < (__s64)set->flow_every_ns))
		return false;
	r->kind = NM_FLOW;
	return nm_sweep_open(s, sk, word, now, set->flow_all, r);
}

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * ACCEPT: exactly one an inbound connection that was established.
 *
 *   listen()     -> nm_listening           the owner of the socket, inherited by its children
 *   established  -> nm_accept_established  softirq: the current task is anybody's
 *   accept()     -> nm_accepted            its hook, in the accepting process: the exact owner
 *   later        -> nm_accept_overdue      no hook saw it (io_uring under syscall hooks, MPTCP, a hook skipped by
 *                                          preemption): on traffic after nm_knobs.accept_patience_ns, with the
 *                                          listener as owner
 *   closing      -> nm_accept_closing      at the latest now, with the closer as owner
 *
 * The hook, the RTT callback and the close may run at once on different CPUs. Deleting the cookie from
 * `unaccepted` decides which of them writes the ACCEPT; the hook stores the owner in `accepted` before it tries.
 */
#ifndef NM_ACCEPT_H
#define NM_ACCEPT_H

#include "emit.h"
#include "owner.h"
#include "socket.h"

static __always_inline void nm_emit_accept(struct sock *sk, struct nm_owner *owner, __u8 flags, bool known)
{
	struct nm_record *r;

	if (nm_knobs.accept_exact && (flags & NM_OWNER_INFERRED)) {
		struct nm_counters *n = nm_counters_here();

		if (n)
			__sync_fetch_and_add(&n->accepts_inferred, 1);
	}
	r = nm_reserve(NM_ACCEPT, NM_INBOUND);
	if (!r)
		return;
	r->reason = NM_REASON_NONE;
	r->flags = flags;
	r->ktime_ns = bpf_ktime_get_ns();
	nm_fill_tuple(r, sk, false, known);
	r->owner = *owner;
	r->elapsed_ns = 0;
	nm_no_traffic(r);
	r->error = 0;
	nm_submit(r);
}

static __always_inline void nm_listening(struct nm_conn *c)
{
	__builtin_memset(c, 0, sizeof(*c));
	nm_owner_current(&c->owner);
	c->phase = NM_PHASE_LISTENING;
}

/*
 * Writes the ACCEPT if nobody else has. True when the connection's owner is final, so that the caller need
 * not come again.
 */
static __always_inline bool nm_accept_settle(struct nm_conn *c, struct sock *sk, __u64 cookie, bool overdue)
{
	struct nm_owner *exact = bpf_map_lookup_elem(&accepted, &cookie);

	if (!exact && !overdue)
		return false;
	if (exact) {
		c->owner = *exact;
		c->owner_flags = 0;
	}
	if (bpf_map_delete_elem(&unaccepted, &cookie) == 0)
		nm_emit_accept(sk, &c->owner, c->owner_flags, true);
	if (exact)
		bpf_map_delete_elem(&accepted, &cookie);
	c->phase = NM_PHASE_INBOUND;
	return true;
}

/* Established by the other side's ACK. True when an accept hook is still to come. */
static __always_inline bool nm_accept_established(struct nm_conn *c, struct sock *sk, __u64 cookie)
{
	__u8 one = 1;

	c->owner_flags = NM_OWNER_INFERRED | (c->phase == NM_PHASE_LISTENING ? 0 : NM_OWNER_UNKNOWN);
	c->since_ns = bpf_ktime_get_ns();
	c->phase = NM_PHASE_ACCEPTING;
	if (!nm_knobs.accept_exact || bpf_map_update_elem(&unaccepted, &cookie, &one, BPF_ANY)) {
		nm_emit_accept(sk, &c->owner, c->owner_flags, true);
		c->phase = NM_PHASE_INBOUND;
		return false;
	}
	return true;
}

/* A sample of the round-trip time: data was acknowledged. True when there is nothing more to wait for. */
static __always_inline bool nm_accept_overdue(struct nm_conn *c, struct sock *sk, __u64 cookie)
{
	return nm_accept_settle(c, sk, cookie, bpf_ktime_get_ns() - c->since_ns > nm_knobs.accept_patience_ns);
}

/* The caller closes or shuts down what no hook saw accepted: that is most likely who accepted it. */
static __always_inline void nm_accept_closing(struct nm_conn *c, struct sock *sk, __u64 cookie)
{
	if (!(nm_current_load(flags) & PF_KTHREAD)) {
		nm_owner_current(&c->owner);
		c->owner_flags = NM_OWNER_INFERRED;
	}
	nm_accept_settle(c, sk, cookie, true);
}

/*
 * accept() gives `sk` to the current process. Whichever hook calls this does so after inet_accept() took the child's
 * lock, which the softirq that established it has held from its birth: it is in `unaccepted`, or its end has come.
 */
static __always_inline void nm_accepted(struct sock *sk, bool known)
{
	struct nm_owner owner = {};
	__u64 cookie;

	if (!sk || !nm_is_tcp(sk, known))
		return;
	cookie = nm_cookie(sk, known);
	if (!cookie)
		return; /* established before the agent was there */
	nm_owner_current(&owner);
	bpf_map_update_elem(&accepted, &cookie, &owner, BPF_ANY);
	if (bpf_map_delete_elem(&unaccepted, &cookie) == 0)
		nm_emit_accept(sk, &owner, 0, known);
	else
		bpf_map_delete_elem(&accepted, &cookie); /* its ACCEPT is out: nobody would take this away */
}

#endif

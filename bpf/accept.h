/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * ACCEPT: exactly one for each established inbound connection.
 *
 *   listen()     -> nm_listening           records the listener, the fallback owner
 *   established  -> nm_accept_established  in softirq: the current task is unrelated
 *   accept()     -> nm_accepted            a hook in the accepting process: the exact owner
 *   closing      -> nm_accept_unseen       if no hook saw accept(): the closing process, or else the listener, is the owner
 *
 * The hook and the close may run concurrently on different CPUs: the slot's phase decides which of them writes the ACCEPT.
 */
#ifndef NM_ACCEPT_H
#define NM_ACCEPT_H

#include "emit.h"
#include "owner.h"
#include "slots.h"
#include "socket.h"

/* `timed`: accept() is running now, so that the latency is known. */
static __always_inline void nm_emit_accept(struct nm_slot *s, struct sock *sk, __u64 cookie, bool timed, bool known)
{
	struct nm_record r = NM_RECORD(NM_ACCEPT, NM_INBOUND, cookie);
	__u64 now;

	if (nm_knobs.accept_hook != NM_ACCEPT_LISTENER && (s->flags & NM_OWNER_INFERRED)) {
		struct nm_counters *n = nm_counters_here();

		if (n)
			__sync_fetch_and_add(&n->accepts_inferred, 1);
	}
	nm_fill_tuple(&r, sk, false, known);
	nm_fill_slot(&r, s);
	now = nm_emit(&r, timed ? s->since_ns : 0);
	if (timed)
		s->latency_ns = now - s->since_ns;
}

/* Records `owner` as the listener of this socket. */
static __always_inline void nm_listening(struct sock *sk, struct nm_owner *owner, bool known)
{
	struct nm_listener at = {};

	at.netns = nm_netns(sk, known);
	at.port = nm_local_port(sk, known);
	nm_local_addr(sk, at.addr, known);
	bpf_map_update_elem(&listeners, &at, owner, BPF_ANY);
}

/* The fallback owner: the process that listens at this address, or at every address. */
static __always_inline void nm_owner_listener_at(struct nm_slot *s, struct sock *sk, bool known)
{
	struct nm_listener at = {};
	struct nm_owner *owner;

	at.netns = nm_netns(sk, known);
	at.port = nm_local_port(sk, known);
	nm_local_addr(sk, at.addr, known);
	owner = bpf_map_lookup_elem(&listeners, &at);
	if (!owner && nm_is_ipv4(at.addr)) {
		((__u32 *)at.addr)[3] = 0;
		owner = bpf_map_lookup_elem(&listeners, &at);
	}
	if (!owner) {
		__builtin_memset(at.addr, 0, sizeof(at.addr));
		owner = bpf_map_lookup_elem(&listeners, &at);
	}
	s->flags |= NM_OWNER_INFERRED;
	if (owner) {
		s->owner = *owner;
	} else {
		__builtin_memset(&s->owner, 0, sizeof(s->owner));
		s->flags |= NM_OWNER_UNKNOWN;
	}
}

static __noinline void nm_owner_listener(struct nm_slot *s, struct sock *sk)
{
	nm_owner_listener_at(s, sk, true);
}

/* The connection closes, and no hook has seen accept(). A running closer most likely accepted the connection. */
static __always_inline void nm_accept_unseen(struct nm_slot *s, struct sock *sk, __u64 cookie, bool closer_runs)
{
	if (!nm_slot_turn(s, cookie, NM_PHASE_ACCEPTING, NM_PHASE_INBOUND))
		return;
	if (closer_runs && !(nm_current_load(flags) & PF_KTHREAD)) {
		nm_owner_current(&s->owner);
		s->flags |= NM_OWNER_INFERRED;
	} else {
		nm_owner_listener(s, sk);
	}
	nm_emit_accept(s, sk, cookie, true, true);
}

/*
 * accept() passes `sk` to the current process, or the process first uses a socket that it accepted. The softirq that
 * established the connection has held the socket's lock since its creation, and each hook that calls this runs after
 * accept() has taken that lock: so the slot exists, or the connection has ended.
 */
static __always_inline void nm_accepted(struct sock *sk, __u64 cookie, bool known)
{
	struct nm_slot *s = nm_slot_find(cookie);

	if (!s || !nm_slot_turn(s, cookie, NM_PHASE_ACCEPTING, NM_PHASE_TAKEN))
		return;
	nm_owner_current(&s->owner);
	nm_emit_accept(s, sk, cookie, true, known);
	if (!nm_slot_turn(s, cookie, NM_PHASE_TAKEN, NM_PHASE_INBOUND))
		nm_slot_free(s, cookie); /* closed concurrently */
}

/*
 * accept() passes an MPTCP connection to the current process. It does not take the lock of its first subflow, which is
 * the socket that is tracked: another CPU may be establishing it right now.
 */
static __always_inline void nm_accepted_mptcp(struct sock *connection)
{
	struct sock *sk = nm_first_subflow(connection);
	struct nm_early accepted = {};
	__u64 cookie, key = (__u64)connection;

	if (!sk)
		return;
	cookie = nm_cookie(sk, false);
	if (!cookie || !nm_slot_find(cookie)) {
		nm_owner_current(&accepted.owner);
		accepted.at_ns = bpf_ktime_get_ns();
		bpf_map_update_elem(&early, &key, &accepted, BPF_ANY);
		cookie = nm_cookie(sk, false);
	}
	if (cookie)
		nm_accepted(sk, cookie, false);
}

#define NM_EARLY_NS 1000000000ull

/* A subflow is established: checks whether its connection was accepted before. */
static __always_inline void nm_accepted_before(struct nm_slot *s, struct sock *sk, __u64 cookie)
{
	__u64 connection = (__u64)nm_connection_of(sk);
	struct nm_early *accepted;

	if (!connection)
		return;
	accepted = bpf_map_lookup_elem(&early, &connection);
	if (!accepted)
		return;
	if (s->since_ns - accepted->at_ns < NM_EARLY_NS &&
	    nm_slot_turn(s, cookie, NM_PHASE_ACCEPTING, NM_PHASE_INBOUND)) {
		s->owner = accepted->owner;
		nm_emit_accept(s, sk, cookie, true, true);
	}
	bpf_map_delete_elem(&early, &connection);
}

/* Established by the ACK of the other side. False: no slot is free. */
static __always_inline bool nm_accept_established(struct sock *sk, __u64 cookie)
{
	struct nm_slot *s = nm_slot_claim(cookie, NM_PHASE_ACCEPTING);

	if (!s) {
		nm_count_lost(NM_DROP_NO_ROOM, NULL); /* the ACCEPT */
		nm_count_lost(NM_DROP_NO_ROOM, NULL); /* the CLOSE */
		return false;
	}
	nm_slot_begin(s, sk, bpf_ktime_get_ns());
	if (nm_knobs.accept_hook == NM_ACCEPT_LISTENER &&
	    nm_slot_turn(s, cookie, NM_PHASE_ACCEPTING, NM_PHASE_INBOUND)) {
		nm_owner_listener(s, sk);
		nm_emit_accept(s, sk, cookie, true, true);
	} else {
		nm_accepted_before(s, sk, cookie);
	}
	return true;
}

/* As nm_accepted(), for any socket that accept() returns. */
static __always_inline void nm_accepted_any(struct sock *sk, bool known)
{
	__u64 cookie;

	if (!sk)
		return;
	if (nm_is_mptcp(sk, known)) {
		nm_accepted_mptcp(sk);
		return;
	}
	if (!nm_is_tcp(sk, known))
		return;
	cookie = nm_cookie(sk, known);
	if (cookie) /* else it was established before the agent started */
		nm_accepted(sk, cookie, known);
}

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Sockets that exist before the agent: these run once, at the start, after everything else is attached.
 *
 *   nm_adopt_socket  every TCP socket of one network namespace: makes the spine track it (sock_ops, from 6.12)
 *   nm_adopt_file    every open file of every process of the node, in any network namespace: determines the owner
 *
 * A socket in a namespace that the agent can't enter is only seen by the second: its CLOSE is written when it is released.
 */
#ifndef NM_ADOPT_H
#define NM_ADOPT_H

#include "accept.h"
#include "close.h"
#include "connect.h"

/*
 * Whether this side sent the SYN. The caller's own SYN counts in bytes_acked, while a listener's child starts after its
 * SYN-ACK: so what was acknowledged and is in flight exceeds the payload by one, and by one more if a FIN was sent.
 * net/ipv4/tcp_input.c, tcp_snd_una_update(); tcp_minisocks.c, tcp_create_openreq_child().
 */
static __always_inline bool nm_sent_syn(struct tcp_sock *tp, __u8 state)
{
	__u64 payload = tp->bytes_sent - tp->bytes_retrans;
	__u32 in_flight = tp->snd_nxt - tp->snd_una;
	__u64 fin = state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT ? 0 : 1;

	return tp->bytes_acked + in_flight > payload + fin;
}

/* Updates a slot that the previous agent left to the socket's current state. */
static __always_inline void nm_adopt_remembered(struct nm_slot *s, struct tcp_sock *tp, __u64 cookie, __u8 state)
{
	struct sock *sk = (struct sock *)tp;

	if (!nm_slot_is_inherited(s))
		return;
	if (nm_slot_turn(s, cookie, NM_PHASE_CALLED, NM_PHASE_CONNECTING) &&
	    !nm_is_remote(sk, s->dialed_addr, s->dialed_port))
		s->flags |= NM_DIALED;
	/* Established while no agent ran, so it has no CONNECT and the time is unknown. */
	if (state != TCP_SYN_SENT && nm_slot_turn(s, cookie, NM_PHASE_CONNECTING, NM_PHASE_OUTBOUND)) {
		s->since_ns = bpf_ktime_get_ns();
		s->flags |= NM_OLDER;
	}
	if ((sk->__sk_common.skc_flags & (1UL << SOCK_DEAD)) && !(s->marks & NM_RELEASED)) {
		s->data_segments = tp->data_segs_in;
		s->marks |= NM_RELEASED;
	}
}

/* Returns the slot of a connection or attempt that is older than the agent; NULL: not applicable, or no slot is free. */
static __always_inline struct nm_slot *nm_adopt(struct tcp_sock *tp, __u64 cookie)
{
	struct sock *sk = (struct sock *)tp;
	__u8 state = sk->__sk_common.skc_state;
	struct nm_slot *s = nm_slot_find(cookie);
	enum nm_phase phase;

	if (s) {
		nm_adopt_remembered(s, tp, cookie, state);
		return s;
	}
	if (state == TCP_LISTEN || state == TCP_SYN_RECV || state == TCP_CLOSE || nm_is_added_subflow(sk))
		return NULL;
	if (state == TCP_SYN_SENT)
		phase = NM_PHASE_CONNECTING;
	else if (nm_sent_syn(tp, state))
		phase = NM_PHASE_OUTBOUND;
	else if (nm_knobs.accept_hook != NM_ACCEPT_LISTENER && !sk->sk_socket && state == TCP_ESTABLISHED)
		phase = NM_PHASE_ACCEPTING; /* in the accept queue */
	else
		phase = NM_PHASE_INBOUND;
	s = nm_slot_claim(cookie, phase);
	if (!s) {
		nm_count_lost(NM_DROP_NO_ROOM, NULL);
		return NULL;
	}
	nm_slot_begin(s, sk, bpf_ktime_get_ns());
	__builtin_memset(&s->owner, 0, sizeof(s->owner));
	nm_remote_addr(sk, s->dialed_addr, true);
	s->dialed_port = bpf_ntohs(sk->__sk_common.skc_dport);
	s->flags = phase == NM_PHASE_ACCEPTING ? NM_OLDER : NM_OLDER | NM_OWNER_UNKNOWN;
	s->marks = sk->__sk_common.skc_flags & (1UL << SOCK_DEAD) ? NM_RELEASED : 0;
	s->data_segments = tp->data_segs_in;
	return s;
}

/* The first process found with the socket is the owner; the socket has been accepted, even if no hook saw it. */
static __always_inline void nm_adopt_owner(struct nm_slot *s, struct sock *sk, __u64 cookie, struct nm_owner *owner,
					   bool known)
{
	if (nm_slot_turn(s, cookie, NM_PHASE_ACCEPTING, NM_PHASE_TAKEN)) {
		s->owner = *owner;
		nm_emit_accept(s, sk, cookie, !nm_slot_is_inherited(s), known);
		if (!nm_slot_turn(s, cookie, NM_PHASE_TAKEN, NM_PHASE_INBOUND))
			nm_slot_free(s, cookie);
	} else if (s->flags & NM_OWNER_UNKNOWN) {
		s->owner = *owner;
		s->flags &= ~NM_OWNER_UNKNOWN;
	}
}

#endif

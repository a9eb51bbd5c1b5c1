/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is there before the agent: run once, at start, after everything else is attached.
 *
 *   nm_adopt_socket  every TCP socket of one network namespace: the spine is told to follow it (sock_ops, from 6.12)
 *   nm_adopt_file    every open file of every process of the node, whatever its network namespace: who owns it
 *
 * A socket of a namespace that the agent can't enter has just the second: its CLOSE is written when it is released.
 */
#ifndef NM_ADOPT_H
#define NM_ADOPT_H

#include "accept.h"
#include "close.h"
#include "connect.h"

/*
 * Who sent the SYN. The caller's own SYN counts in bytes_acked, the child of a listener starts behind its SYN-ACK: so
 * what was acknowledged and is in flight exceeds the payload by one, and by one more where a FIN was sent.
 * net/ipv4/tcp_input.c, tcp_snd_una_update(); tcp_minisocks.c, tcp_create_openreq_child().
 */
static __always_inline bool nm_sent_syn(struct tcp_sock *tp, __u8 state)
{
	__u64 payload = tp->bytes_sent - tp->bytes_retrans;
	__u32 in_flight = tp->snd_nxt - tp->snd_una;
	__u64 fin = state == TCP_ESTABLISHED || state == TCP_CLOSE_WAIT ? 0 : 1;

	return tp->bytes_acked + in_flight > payload + fin;
}

/* A slot that the agent before this one left: what nobody saw since then, by the state that the socket is in now. */
static __always_inline void nm_adopt_remembered(struct nm_slot *s, struct tcp_sock *tp, __u64 cookie, __u8 state)
{
	struct sock *sk = (struct sock *)tp;

	if (!nm_slot_is_inherited(s))
		return;
	if (nm_slot_turn(s, cookie, NM_PHASE_CALLED, NM_PHASE_CONNECTING) &&
	    !nm_is_remote(sk, s->dialed_addr, s->dialed_port))
		s->flags |= NM_DIALED;
	/* Established while no agent ran, so without a CONNECT: when is not known. */
	if (state != TCP_SYN_SENT && nm_slot_turn(s, cookie, NM_PHASE_CONNECTING, NM_PHASE_OUTBOUND)) {
		s->since_ns = bpf_ktime_get_ns();
		s->flags |= NM_OLDER;
	}
	if ((sk->__sk_common.skc_flags & (1UL << SOCK_DEAD)) && !(s->marks & NM_RELEASED)) {
		s->data_segments = tp->data_segs_in;
		s->marks |= NM_RELEASED;
	}
}

/* The slot of a connection or attempt that is older than the agent; NULL: none, or no room. */
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

/* The first process found with the socket owns it; it has been accepted, whether or not anybody saw that. */
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

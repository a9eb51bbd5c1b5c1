/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is there before the agent: run once, at start, after everything else is attached.
 *
 *   nm_adopt_file        every open file of every process: who owns a listening socket or a connection
 *   nm_adopt_connection  every connection of one network namespace: which way it goes, and the spine is told to follow
 *                        it (sock_ops: kernels from 6.12; before, older connections have no CLOSE)
 */
#ifndef NM_ADOPT_H
#define NM_ADOPT_H

#include "accept.h"
#include "maps.h"
#include "owner.h"
#include "socket.h"

static __always_inline bool nm_is_connected(__u8 state)
{
	return state != TCP_LISTEN && state != TCP_SYN_SENT && state != TCP_SYN_RECV && state != TCP_CLOSE;
}

static __always_inline void nm_adopt_file(struct nm_conn *c, struct task_struct *owner, __u8 state)
{
	if (c->phase != NM_PHASE_NONE)
		return; /* known already, or shared with a process that came first */
	if (state != TCP_LISTEN && !nm_is_connected(state))
		return;
	nm_owner_of(&c->owner, owner, true);
	c->phase = state == TCP_LISTEN ? NM_PHASE_LISTENING : NM_PHASE_OLDER;
}

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

/* True when the spine has to be told. */
static __always_inline bool nm_adopt_connection(struct nm_conn *c, struct tcp_sock *tp, __u8 state)
{
	if (c->phase != NM_PHASE_NONE && c->phase != NM_PHASE_OLDER)
		return false;
	c->owner_flags = NM_OLDER | (c->phase == NM_PHASE_OLDER ? 0 : NM_OWNER_UNKNOWN);
	c->since_ns = bpf_ktime_get_ns();
	c->phase = nm_sent_syn(tp, state) ? NM_PHASE_OUTBOUND : NM_PHASE_INBOUND;
	return true;
}

#endif

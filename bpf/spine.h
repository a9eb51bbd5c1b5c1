/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* State changes of TCP sockets, whichever hook reports them. Both spines call this with the socket locked. */
#ifndef NM_SPINE_H
#define NM_SPINE_H

#include "accept.h"
#include "close.h"
#include "connect.h"

/* Whether a state change needs any work: most do not, and this is checked before any lookup. */
static __always_inline bool nm_state_matters(__u8 from, __u8 to)
{
	switch (to) {
	case TCP_CLOSE:
		return from != TCP_LISTEN;
	case TCP_ESTABLISHED:
		return from == TCP_SYN_SENT;
	case TCP_FIN_WAIT1:
	case TCP_LAST_ACK: /* in the closer's context */
		return nm_knobs.accept_hook == NM_ACCEPT_MOSTLY;
	default:
		return false;
	}
}

static __always_inline void nm_state_changed(struct sock *sk, __u64 cookie, __u8 from, __u8 to)
{
	struct nm_slot *s = nm_slot_find(cookie);

	if (!s) {
		if (to == TCP_ESTABLISHED)
			nm_connect_late(sk, cookie);
		return;
	}
	switch (nm_slot_phase(s)) {
	case NM_PHASE_CONNECTING:
		if (to == TCP_ESTABLISHED || to == TCP_CLOSE)
			nm_connect_settled(s, sk, cookie, to == TCP_ESTABLISHED);
		return;
	case NM_PHASE_ACCEPTING:
		nm_accept_unseen(s, sk, cookie, to != TCP_CLOSE);
		break;
	default:
		break;
	}
	if (to != TCP_CLOSE)
		return;
	switch (nm_slot_phase(s)) {
	case NM_PHASE_OUTBOUND:
	case NM_PHASE_INBOUND:
		nm_closed(s, sk, cookie, from);
		break;
	case NM_PHASE_TAKEN:
		nm_closed_taken(s, sk, cookie, from);
		break;
	default:
		break;
	}
}

/* Writes the record that a socket released in `state` would have caused by itself. */
static __always_inline void nm_emit_last(struct nm_slot *s, struct sock *sk, __u64 cookie, __u8 state)
{
	__u32 error = nm_load(false, sk, sk_err);
	__u8 reason = NM_FIN_LOCAL;

	if (nm_slot_phase(s) == NM_PHASE_CONNECTING) {
		struct nm_record r = NM_RECORD(NM_CONNECT, NM_OUTBOUND, cookie);

		nm_fill_tuple(&r, sk, true, false);
		nm_fill_slot(&r, s);
		r.error = error ? error : state == TCP_CLOSE ? 0 : ECONNABORTED;
		if (!r.error) /* the caller has already read it */
			r.flags |= NM_ERROR_UNKNOWN;
		nm_emit(&r, s->since_ns);
		nm_slot_free(s, cookie);
		return;
	}
	if (state == TCP_CLOSE_WAIT)
		reason = NM_FIN_REMOTE;
	else if (state == TCP_CLOSE)
		reason = error == ETIMEDOUT ? NM_REASON_TIMED_OUT : NM_RESET_REMOTE;
	nm_emit_close(s, sk, cookie, reason, error, false);
}

/*
 * The last process releases a socket. If the spine will not see it any more, its last record is written now: another
 * program cleared the flag, the socket is older than the agent and in a namespace that the agent can't enter, or it ended
 * while no agent ran.
 */
static __always_inline void nm_released(struct sock *sk, __u64 cookie, __u8 state)
{
	enum nm_phase phase;
	struct nm_slot *s = nm_slot_find(cookie);
	struct nm_counters *n;

	if (!s)
		return;
	phase = nm_slot_phase(s);
	if (phase == NM_PHASE_CALLED) {
		nm_connect_abandoned(s, sk, cookie, state);
		return;
	}
	if (!nm_knobs.may_read)
		return;
	if (!(state == TCP_CLOSE && nm_slot_is_inherited(s)) &&
	    (!nm_knobs.by_sockops ||
	     (nm_load(false, (struct tcp_sock *)sk, bpf_sock_ops_cb_flags) & BPF_SOCK_OPS_STATE_CB_FLAG))) {
		s->data_segments = nm_load(false, (struct tcp_sock *)sk, data_segs_in);
		s->marks |= NM_RELEASED;
		return;
	}
	if (phase != NM_PHASE_CONNECTING && phase != NM_PHASE_OUTBOUND && phase != NM_PHASE_INBOUND)
		return;
	n = nm_counters_here();
	if (n)
		__sync_fetch_and_add(&n->closes_early, 1);
	nm_emit_last(s, sk, cookie, state);
}

#endif

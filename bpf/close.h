/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* CLOSE: one for each end of an established connection, with the recorded owner. */
#ifndef NM_CLOSE_H
#define NM_CLOSE_H

#include "emit.h"
#include "slots.h"
#include "socket.h"

/*
 * The reason of an orderly close, by the state before TCP_CLOSE: LAST_ACK follows CLOSE_WAIT, so the FIN of the other
 * side came first. Only called if both FINs were sent and acknowledged.
 */
static __always_inline __u8 nm_orderly(__u8 from)
{
	return from == TCP_LAST_ACK ? NM_FIN_REMOTE : NM_FIN_LOCAL;
}

/* The kernel answers data that arrives after close() with a RST. tcp_input.c, tcp_rcv_state_process(). */
static __always_inline bool nm_data_came_late(struct nm_slot *s, struct sock *sk)
{
	return (s->marks & NM_RELEASED) && nm_load(true, (struct tcp_sock *)sk, data_segs_in) != s->data_segments;
}

/*
 * `from` is the previous state. Sources: tcp_reset(), tcp_write_err(), tcp_abort(), tcp_rcv_state_process(),
 * __tcp_close(), tcp_disconnect() in net/ipv4.
 */
static __always_inline __u8 nm_close_reason(struct nm_slot *s, struct sock *sk, __u8 from, int error)
{
	bool fin_received = sk->__sk_common.skc_flags & (1UL << SOCK_DONE);
	bool orphan = sk->__sk_common.skc_flags & (1UL << SOCK_DEAD);
	struct tcp_sock *tp = (struct tcp_sock *)sk;

	switch (error) {
	case 0:
		break;
	case ECONNRESET:
	case EPIPE: /* tcp_reset() in CLOSE_WAIT */
		return orphan && nm_data_came_late(s, sk) ? NM_RESET_LOCAL : NM_RESET_REMOTE;
	case ETIMEDOUT:
		return NM_REASON_TIMED_OUT;
	case ECONNABORTED:
		return NM_REASON_ABORTED;
	default:
		/* An ICMP error that the caller requested (IP_RECVERR) does not end a connection. */
		if ((from == TCP_LAST_ACK && tp->snd_una == tp->write_seq) ||
		    ((from == TCP_FIN_WAIT2 || from == TCP_CLOSING) && fin_received))
			return nm_orderly(from);
		return NM_REASON_ERROR;
	}
	switch (from) {
	case TCP_LAST_ACK:
	case TCP_CLOSING:
		return nm_orderly(from);
	case TCP_FIN_WAIT2:
		/*
		 * Either the peer's FIN arrived, or close() follows shutdown(), after which the kernel waits for that FIN without the
		 * socket. Otherwise close() with unread data or SO_LINGER 0, which sends a RST before it orphans the socket.
		 */
		return fin_received || (orphan && !nm_data_came_late(s, sk)) ? NM_FIN_LOCAL : NM_RESET_LOCAL;
	default: /* an orderly close passes through one of the states above */
		return NM_RESET_LOCAL;
	}
}

/* The bytes, round-trip time and retransmissions of a connection so far; `last`: the values of its last FLOW. */
static __always_inline void nm_fill_traffic(struct nm_record *r, struct sock *sk, const struct nm_reported *last,
					    bool known)
{
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	__u64 received = nm_load(known, tp, bytes_received);

	/* bytes_sent counts payload with every retransmission; bytes_received counts the FIN as a byte. */
	r->bytes_sent = nm_load(known, tp, bytes_sent) - nm_load(known, tp, bytes_retrans);
	if (received && (nm_load(known, sk, __sk_common.skc_flags) & (1UL << SOCK_DONE)))
		received--;
	r->bytes_received = received;
	r->delta_sent = r->bytes_sent - last->sent;
	r->delta_received = r->bytes_received - last->received;
	r->srtt_us = nm_load(known, tp, srtt_us) >> 3;
	r->retransmits = nm_load(known, tp, total_retrans);
}

/* Writes the CLOSE of a connection with a known owner, and frees the slot. */
static __always_inline void nm_emit_close(struct nm_slot *s, struct sock *sk, __u64 cookie, __u8 reason, __u32 error,
					  bool known)
{
	bool outbound = nm_slot_phase(s) == NM_PHASE_OUTBOUND;
	struct nm_record r = NM_RECORD(NM_CLOSE, outbound ? NM_OUTBOUND : NM_INBOUND, cookie);
	struct nm_reported last = nm_slot_close(s, cookie);

	r.error = error;
	r.reason = reason;
	nm_fill_tuple(&r, sk, outbound, known);
	nm_fill_slot(&r, s);
	nm_fill_traffic(&r, sk, &last, known);
	nm_emit(&r, s->since_ns);
	nm_slot_free(s, cookie);
}

/* The transition to TCP_CLOSE. */
static __always_inline void nm_closed(struct nm_slot *s, struct sock *sk, __u64 cookie, __u8 from)
{
	int error = sk->sk_err;

	nm_emit_close(s, sk, cookie, nm_close_reason(s, sk, from, error), error, true);
}

/* As nm_closed(), while a hook on another CPU is about to write the owner: no owner here, and that hook frees the slot. */
static __always_inline void nm_closed_taken(struct nm_slot *s, struct sock *sk, __u64 cookie, __u8 from)
{
	struct nm_record r = NM_RECORD(NM_CLOSE, NM_INBOUND, cookie);
	struct nm_reported last = {};

	r.error = sk->sk_err;
	r.reason = nm_close_reason(s, sk, from, r.error);
	r.flags = s->flags | NM_OWNER_UNKNOWN;
	nm_fill_tuple(&r, sk, false, true);
	nm_fill_traffic(&r, sk, &last, true);
	nm_emit(&r, s->since_ns);
	if (!nm_slot_turn(s, cookie, NM_PHASE_TAKEN, NM_PHASE_CLOSED))
		nm_slot_free(s, cookie);
}

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* CLOSE: one for each end of what was established, with the owner remembered, at the change to TCP_CLOSE. */
#ifndef NM_CLOSE_H
#define NM_CLOSE_H

#include "emit.h"
#include "socket.h"

/* `from` is the state that is left. Sources: tcp_reset(), tcp_write_err(), tcp_abort(), __tcp_close() in net/ipv4. */
static __always_inline __u8 nm_close_reason(struct nm_conn *c, __u8 from, int error)
{
	switch (error) {
	case 0:
		break;
	case ECONNRESET:
	case EPIPE: /* tcp_reset() in CLOSE_WAIT */
		return NM_RESET_REMOTE;
	case ETIMEDOUT:
		return NM_REASON_TIMED_OUT;
	case ECONNABORTED:
		return NM_REASON_ABORTED;
	default:
		return NM_REASON_ERROR;
	}
	/* An orderly close passes FIN_WAIT1 or LAST_ACK; from these states it is a RST of our own. */
	if (from == TCP_ESTABLISHED || from == TCP_CLOSE_WAIT || from == TCP_SYN_RECV)
		return NM_RESET_LOCAL;
	return c->first_fin ? c->first_fin : NM_FIN_LOCAL;
}

static __always_inline void nm_closed(struct nm_conn *c, struct sock *sk, __u8 from)
{
	bool outbound = c->phase == NM_PHASE_OUTBOUND;
	struct nm_record *r = nm_reserve(NM_CLOSE, outbound ? NM_OUTBOUND : NM_INBOUND);
	struct tcp_sock *tp = (struct tcp_sock *)sk;
	__u64 received;

	c->phase = NM_PHASE_NONE;
	if (!r)
		return;
	r->error = sk->sk_err;
	r->reason = nm_close_reason(c, from, r->error);
	r->flags = c->owner_flags;
	r->ktime_ns = bpf_ktime_get_ns();
	nm_fill_tuple(r, sk, outbound, true);
	r->owner = c->owner;
	r->elapsed_ns = r->ktime_ns - c->since_ns;
	/* bytes_sent counts payload with every retransmission; bytes_received counts the FIN as a byte. */
	r->bytes_sent = tp->bytes_sent - tp->bytes_retrans;
	received = tp->bytes_received;
	if (received && (sk->__sk_common.skc_flags & (1UL << SOCK_DONE)))
		received--;
	r->bytes_received = received;
	r->srtt_us = tp->srtt_us >> 3;
	r->retransmits = tp->total_retrans;
	nm_submit(r);
}

#endif

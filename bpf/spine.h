/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A TCP socket's changes of state, whichever hook tells of them: `c` is the socket's state, `sk` the socket, `from` and
 * `to` the states. Both spines call this with the socket locked; most changes need a note at most.
 */
#ifndef NM_SPINE_H
#define NM_SPINE_H

#include "accept.h"
#include "close.h"
#include "connect.h"

/* Takes note; true when nm_state_changed() has to be called. */
static __always_inline bool nm_state_noted(struct nm_conn *c, __u8 to)
{
	switch (to) {
	case TCP_ESTABLISHED:
		return c->phase == NM_PHASE_CONNECTING;
	case TCP_FIN_WAIT1:
	case TCP_CLOSE_WAIT:
		if (!c->first_fin)
			c->first_fin = to == TCP_FIN_WAIT1 ? NM_FIN_LOCAL : NM_FIN_REMOTE;
		return c->phase == NM_PHASE_ACCEPTING && to == TCP_FIN_WAIT1;
	case TCP_LAST_ACK:
		return c->phase == NM_PHASE_ACCEPTING;
	case TCP_CLOSE:
		return true;
	default:
		return false;
	}
}

static __always_inline void nm_state_changed(struct nm_conn *c, struct sock *sk, __u8 from, __u8 to)
{
	if (c->phase == NM_PHASE_CONNECTING) {
		nm_connect_settled(c, sk, to == TCP_ESTABLISHED);
		return;
	}
	if (c->phase == NM_PHASE_ACCEPTING) {
		if (to == TCP_CLOSE)
			nm_accept_settle(c, sk, nm_cookie(sk, true), true);
		else
			nm_accept_closing(c, sk, nm_cookie(sk, true));
	}
	if (to == TCP_CLOSE && (c->phase == NM_PHASE_OUTBOUND || c->phase == NM_PHASE_INBOUND))
		nm_closed(c, sk, from);
}

#endif

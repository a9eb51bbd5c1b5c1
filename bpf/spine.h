/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * A TCP socket's changes of state, whichever hook tells of them. `c` is the socket's state, `sk` the socket,
 * `from` and `to` the states. Both spines call this with the socket locked.
 */
#ifndef NM_SPINE_H
#define NM_SPINE_H

#include "accept.h"
#include "close.h"
#include "connect.h"

static __always_inline void nm_state_changed(struct nm_conn *c, struct sock *sk, __u64 cookie, __u8 from, __u8 to)
{
	if (c->phase == NM_PHASE_CONNECTING && (to == TCP_ESTABLISHED || to == TCP_CLOSE)) {
		nm_connect_settled(c, sk, to == TCP_ESTABLISHED);
		return;
	}
	if (c->phase == NM_PHASE_ACCEPTING && (to == TCP_FIN_WAIT1 || to == TCP_LAST_ACK))
		nm_accept_closing(c, sk, cookie);
	if (to == TCP_FIN_WAIT1 && !c->first_fin)
		c->first_fin = NM_FIN_LOCAL;
	if (to == TCP_CLOSE_WAIT && !c->first_fin)
		c->first_fin = NM_FIN_REMOTE;
	if (to != TCP_CLOSE)
		return;
	if (c->phase == NM_PHASE_ACCEPTING)
		nm_accept_settle(c, sk, cookie, true);
	if (c->phase == NM_PHASE_OUTBOUND || c->phase == NM_PHASE_INBOUND)
		nm_closed(c, sk, from);
}

#endif

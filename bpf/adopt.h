/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What is there before the agent: run once, at start, after everything else is attached.
 *
 *   nm_adopt_file    every open file of every process: who owns a listening socket or a connection
 *   nm_adopt_socket  every TCP socket of one network namespace, listeners first: which way a connection goes, and the
 *                    spine is told to follow it (sock_ops: kernels from 6.12; before, older connections have no CLOSE)
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
	if (state == TCP_LISTEN) {
		nm_listening(c, owner);
	} else if (nm_is_connected(state)) {
		nm_owner_of(&c->owner, owner);
		c->phase = NM_PHASE_OLDER;
	}
}

static __always_inline void nm_adopt_listener(struct sock *sk)
{
	struct nm_listener listener = {.netns = nm_netns(sk), .port = nm_local_port(sk)};
	__u8 one = 1;

	bpf_map_update_elem(&listeners, &listener, &one, BPF_ANY);
}

/* True when the spine has to be told. */
static __always_inline bool nm_adopt_connection(struct nm_conn *c, struct sock *sk)
{
	struct nm_listener called = {.netns = nm_netns(sk), .port = nm_local_port(sk)};

	if (c->phase != NM_PHASE_NONE && c->phase != NM_PHASE_OLDER)
		return false;
	c->owner_flags = NM_OLDER | (c->phase == NM_PHASE_OLDER ? 0 : NM_OWNER_UNKNOWN);
	c->since_ns = bpf_ktime_get_ns();
	c->phase = bpf_map_lookup_elem(&listeners, &called) ? NM_PHASE_INBOUND : NM_PHASE_OUTBOUND;
	return true;
}

#endif

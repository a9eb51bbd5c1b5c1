/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * CONNECT: exactly one an attempt, written when its outcome is known.
 *
 *   connect()  -> nm_connect_called     cgroup/connect4, connect6: every attempt passes here
 *   SYN sent   -> nm_connect_sent       the spine; the owner is the current task
 *   outcome    -> nm_connect_settled    the spine leaves SYN_SENT: established, or closed with an error
 *   no SYN     -> nm_connect_returned   connect() failed before a SYN (no route, no port, forbidden)
 */
#ifndef NM_CONNECT_H
#define NM_CONNECT_H

#include "emit.h"
#include "owner.h"
#include "socket.h"

static __always_inline __u32 nm_current_thread(void)
{
	return nm_current_load(pid);
}

static __always_inline void nm_emit_unsent(struct nm_attempt *a, __u32 error, __u8 flags)
{
	struct nm_record *r = nm_reserve(NM_CONNECT, NM_OUTBOUND);

	if (!r)
		return;
	r->reason = NM_REASON_NONE;
	r->flags = flags;
	r->ktime_ns = bpf_ktime_get_ns();
	__builtin_memcpy(r->src_addr, a->src_addr, sizeof(r->src_addr));
	__builtin_memcpy(r->dst_addr, a->dst_addr, sizeof(r->dst_addr));
	r->src_port = a->src_port;
	r->dst_port = a->dst_port;
	r->netns = a->netns;
	nm_owner_current(&r->owner);
	r->elapsed_ns = r->ktime_ns - a->started_ns;
	nm_no_traffic(r);
	r->error = error;
	nm_submit(r);
}

/* `ctx` of cgroup/connect4 or connect6, in the caller's context, before routing. */
static __always_inline void nm_connect_called(struct bpf_sock_addr *ctx, bool ipv6)
{
	struct nm_attempt a = {};
	__u32 thread = nm_current_thread();
	struct nm_attempt *before;
	struct sock *sk;

	if (ctx->type != SOCK_STREAM || ctx->protocol != IPPROTO_TCP)
		return;
	if (!ctx->sk)
		return;
	sk = nm_known_sock(ctx->sk);
	if (!sk)
		return;
	a.started_ns = bpf_ktime_get_ns();
	a.cookie = bpf_get_socket_cookie(ctx);
	if (ipv6) {
		__u32 *words = (__u32 *)a.dst_addr;

		words[0] = ctx->user_ip6[0];
		words[1] = ctx->user_ip6[1];
		words[2] = ctx->user_ip6[2];
		words[3] = ctx->user_ip6[3];
	} else {
		nm_map_ipv4(a.dst_addr, ctx->user_ip4);
	}
	nm_local_addr(sk, a.src_addr, true); /* unspecified unless the caller has bound the socket */
	a.src_port = nm_local_port(sk, true);
	a.dst_port = bpf_ntohs((__u16)ctx->user_port);
	a.netns = nm_netns(sk, true);
	before = bpf_map_lookup_elem(&attempts, &thread);
	if (before)
		nm_emit_unsent(before, 0, NM_ERROR_UNKNOWN);
	bpf_map_update_elem(&attempts, &thread, &a, BPF_ANY);
}

/* A SYN is about to leave: from here on the spine sees this attempt to its end. */
static __always_inline void nm_connect_sent(struct nm_conn *c)
{
	__u32 thread = nm_current_thread();
	struct nm_attempt *a = bpf_map_lookup_elem(&attempts, &thread);

	__builtin_memset(c, 0, sizeof(*c));
	nm_owner_current(&c->owner);
	c->phase = NM_PHASE_CONNECTING;
	c->since_ns = a ? a->started_ns : bpf_ktime_get_ns();
	if (a)
		bpf_map_delete_elem(&attempts, &thread);
}

/* SYN_SENT is left; `established` or closed. */
static __always_inline void nm_connect_settled(struct nm_conn *c, struct sock *sk, bool established)
{
	struct nm_record *r = nm_reserve(NM_CONNECT, NM_OUTBOUND);
	__u64 now = bpf_ktime_get_ns();

	if (r) {
		r->reason = NM_REASON_NONE;
		r->flags = c->owner_flags;
		r->ktime_ns = now;
		nm_fill_tuple(r, sk, true, true);
		r->owner = c->owner;
		r->elapsed_ns = now - c->since_ns;
		nm_no_traffic(r);
		r->error = 0;
		if (!established) {
			__u32 error = sk->sk_err;

			/* Closed with no error: the caller gave up, unless no port could be chosen at all. */
			if (!error)
				error = r->src_port ? ECONNABORTED : EADDRNOTAVAIL;
			r->error = error;
		}
		nm_submit(r);
	}
	c->since_ns = now;
	c->phase = established ? NM_PHASE_OUTBOUND : NM_PHASE_NONE;
}

/* connect() returns `ret` to the current thread. Only an attempt that sent no SYN is still known here. */
static __always_inline void nm_connect_returned(long ret)
{
	__u32 thread = nm_current_thread();
	struct nm_attempt *a = bpf_map_lookup_elem(&attempts, &thread);

	if (!a)
		return;
	if (ret < 0)
		nm_emit_unsent(a, -ret, 0);
	bpf_map_delete_elem(&attempts, &thread);
}

/* A closed socket is released: the attempt that no hook saw return (io_uring, or none is attached). */
static __always_inline void nm_connect_forgotten(struct bpf_sock *ctx)
{
	__u32 thread;
	struct nm_attempt *a;

	if (ctx->type != SOCK_STREAM || ctx->protocol != IPPROTO_TCP || ctx->state != TCP_CLOSE)
		return;
	thread = nm_current_thread();
	a = bpf_map_lookup_elem(&attempts, &thread);
	if (!a || a->cookie != bpf_get_socket_cookie(ctx))
		return;
	nm_emit_unsent(a, 0, NM_ERROR_UNKNOWN);
	bpf_map_delete_elem(&attempts, &thread);
}

#endif

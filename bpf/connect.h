/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * CONNECT: exactly one for each attempt, written when its outcome is known. The state of an attempt belongs to the socket,
 * whichever threads and processes call connect(), poll and close it.
 *
 *   connect()  -> nm_connect_asked        runs before all other programs: the owner, the time, the dialed destination
 *              -> nm_connect_called       runs after them: the same if nothing ran before, and whether it was denied
 *   SYN sent   -> nm_connect_sent         the spine; includes attempts without connect()
 *   outcome    -> nm_connect_settled      the spine leaves SYN_SENT: established, or closed with an error
 *   no SYN     -> nm_connect_returned     connect() failed before a SYN: denied, no route, no port
 *              -> nm_connect_abandoned    no hook saw it return: at the latest when the socket is released
 */
#ifndef NM_CONNECT_H
#define NM_CONNECT_H

#include "emit.h"
#include "owner.h"
#include "slots.h"
#include "socket.h"
#include "verdict.h"

/* Programs of cgroup/connect4 can read the verdict of earlier programs: 6.1, as bpf_user_ringbuf_drain(). */
#define nm_verdict_is_known bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_user_ringbuf_drain)

/* Writes the CONNECT of an attempt without a SYN from what was recorded when it was called; frees the slot. */
static __always_inline void nm_emit_unsent(struct nm_slot *s, struct sock *sk, __u64 cookie, __u32 error, __u8 flags,
					   bool known)
{
	struct nm_record r = NM_RECORD(NM_CONNECT, NM_OUTBOUND, cookie);

	r.flags = flags;
	r.error = error;
	nm_local_addr(sk, r.src_addr, known); /* unspecified unless the caller has bound the socket */
	r.src_port = nm_local_port(sk, known);
	__builtin_memcpy(r.dst_addr, s->dialed_addr, sizeof(r.dst_addr));
	r.dst_port = s->dialed_port;
	r.netns = nm_netns(sk, known);
	r.owner = s->owner;
	nm_emit(&r, s->since_ns);
	nm_slot_free(s, cookie);
}

static __always_inline void nm_forget_unseen(struct nm_slot *s, __u64 cookie)
{
	struct nm_counters *n = nm_counters_here();

	if (n)
		__sync_fetch_and_add(&n->closes_unseen, 1);
	nm_slot_free(s, cookie);
}

/*
 * connect() is called: returns a slot for the attempt, with its owner and time. `fresh`: its cookie is new, so it has no
 * slot. NULL: not applicable, or no slot is free (counted when the SYN is sent).
 */
static __always_inline struct nm_slot *nm_attempt(struct sock *sk, __u64 cookie, bool fresh)
{
	struct nm_slot *s = fresh ? NULL : nm_slot_find(cookie);

	if (s) {
		if (nm_slot_phase(s) == NM_PHASE_CALLED)
			nm_emit_unsent(s, sk, cookie, 0, NM_ERROR_UNKNOWN, true);
		else if (nm_slot_is_inherited(s) && sk->__sk_common.skc_state == TCP_CLOSE)
			nm_forget_unseen(s, cookie); /* it ended while no agent ran */
		else
			return NULL; /* connecting or connected: connect() is about to fail */
	}
	s = nm_slot_claim(cookie, NM_PHASE_CALLED);
	if (!s)
		return NULL;
	nm_slot_begin(s, sk, bpf_ktime_get_ns());
	nm_owner_current(&s->owner);
	if (nm_knobs.by_thread) {
		__u32 thread = nm_current_load(pid);
		struct nm_call call = {.cookie = cookie, .sock = sk};

		bpf_map_update_elem(&calls, &thread, &call, BPF_ANY);
	}
	return s;
}

static __always_inline void nm_dialed(struct nm_slot *s, struct bpf_sock_addr *ctx, bool ipv6)
{
	if (ipv6) {
		__u32 *words = (__u32 *)s->dialed_addr;

		words[0] = ctx->user_ip6[0];
		words[1] = ctx->user_ip6[1];
		words[2] = ctx->user_ip6[2];
		words[3] = ctx->user_ip6[3];
	} else {
		nm_map_ipv4(s->dialed_addr, ctx->user_ip4);
	}
	s->dialed_port = bpf_ntohs((__u16)ctx->user_port);
}

static __always_inline struct sock *nm_called_sock(struct bpf_sock_addr *ctx)
{
	if (ctx->type != SOCK_STREAM || ctx->protocol != IPPROTO_TCP || !ctx->sk)
		return NULL;
	return nm_known_sock(ctx->sk);
}

/* `ctx` of cgroup/connect4 or connect6 before all other programs: the destination that the caller requested. */
static __always_inline void nm_connect_asked(struct bpf_sock_addr *ctx, bool ipv6)
{
	struct sock *sk = nm_called_sock(ctx);
	struct nm_slot *s;
	bool fresh;

	if (!sk)
		return;
	fresh = !nm_cookie(sk, true);
	s = nm_attempt(sk, bpf_get_socket_cookie(ctx), fresh);
	if (!s)
		return;
	nm_dialed(s, ctx, ipv6);
	s->marks = NM_ASKED;
}

/* As nm_connect_asked(), from inet_stream_connect() itself. */
static __always_inline void nm_connect_entered(struct sock *sk, const void *address)
{
	struct nm_sockaddr to = {};
	__u64 cookie = nm_cookie(sk, true);
	struct nm_slot *s;

	if (bpf_probe_read_kernel(&to, sizeof(to), address) || (to.family != AF_INET && to.family != AF_INET6))
		return;
	if (cookie)
		s = nm_attempt(sk, cookie, false);
	else
		s = nm_attempt(sk, bpf_get_socket_cookie(sk), true);
	if (!s)
		return;
	if (to.family == AF_INET6)
		__builtin_memcpy(s->dialed_addr, to.ipv6, sizeof(s->dialed_addr));
	else
		nm_map_ipv4(s->dialed_addr, to.ipv4);
	s->dialed_port = bpf_ntohs(to.port);
	s->marks = NM_ASKED;
}

/* `ctx` of cgroup/connect4 or connect6 after programs attached earlier, in the caller's context, before routing. */
static __always_inline void nm_connect_called(struct bpf_sock_addr *ctx, bool ipv6)
{
	struct sock *sk = nm_called_sock(ctx);
	struct nm_slot *s;
	__u64 cookie;
	long verdict;
	bool fresh;

	if (!sk)
		return;
	fresh = !nm_cookie(sk, true);
	cookie = bpf_get_socket_cookie(ctx);
	s = fresh ? NULL : nm_slot_find(cookie);
	if (s && nm_slot_phase(s) == NM_PHASE_CALLED && (s->marks & NM_ASKED)) {
		s->marks = 0;
	} else {
		s = nm_attempt(sk, cookie, fresh);
		if (!s)
			return;
		nm_dialed(s, ctx, ipv6);
	}
	if (!nm_verdict_is_known)
		return;
	verdict = bpf_get_retval();
	if (verdict < 0) /* denied by an earlier program */
		nm_emit_unsent(s, sk, cookie, -verdict, 0, true);
}

/* A SYN is about to be sent: from here on the spine sees the attempt to its end. False: no slot is free. */
static __always_inline bool nm_connect_sent(struct sock *sk, __u64 cookie)
{
	struct nm_slot *s = nm_slot_find(cookie);

	if (s) {
		if (nm_slot_turn(s, cookie, NM_PHASE_CALLED, NM_PHASE_CONNECTING) &&
		    !nm_is_remote(sk, s->dialed_addr, s->dialed_port))
			s->flags |= NM_DIALED;
		return true;
	}
	s = nm_slot_claim(cookie, NM_PHASE_CONNECTING); /* without connect(): MPTCP, or a socket of the kernel */
	if (!s) {
		nm_count_lost(NM_DROP_NO_ROOM, NULL); /* the CONNECT */
		return false;
	}
	nm_slot_begin(s, sk, bpf_ktime_get_ns());
	nm_owner_current(&s->owner);
	return true;
}

/*
 * The errno that a non-blocking caller saw for an attempt that ICMP ended: SO_ERROR has cleared sk_err or sk_err_soft by
 * now, but the message itself is still in the socket's error queue. net/ipv4/ip_sockglue.c, ip_icmp_error();
 * net/ipv6/datagram.c, ipv6_icmp_error().
 */
static __always_inline __u32 nm_icmp_error(struct sock *sk)
{
	struct sk_buff *last;
	struct sock_exterr_skb *error;
	__u8 origin;

	if (!nm_knobs.may_read)
		return 0;
	last = BPF_CORE_READ(sk, sk_error_queue.prev);
	if (!last || (void *)last == (void *)&sk->sk_error_queue)
		return 0;
	error = (struct sock_exterr_skb *)__builtin_preserve_access_index(&last->cb);
	origin = BPF_CORE_READ(error, ee.ee_origin);
	if (origin != SO_EE_ORIGIN_ICMP && origin != SO_EE_ORIGIN_ICMP6)
		return 0;
	return BPF_CORE_READ(error, ee.ee_errno);
}

/* Why an attempt that sent a SYN has failed. */
static __always_inline __u32 nm_connect_error(struct sock *sk)
{
	__u32 error = sk->sk_err, icmp;

	if (!error)
		error = sk->sk_err_soft;
	if (!error ||
	    error == ETIMEDOUT) { /* an unanswered SYN ends with the ICMP error, unless the caller has cleared it */
		icmp = nm_icmp_error(sk);
		error = icmp ? icmp : error;
	}
	if (!error) /* the caller gave up, unless no port could be chosen */
		error = nm_local_port(sk, true) ? ECONNABORTED : EADDRNOTAVAIL;
	return error;
}

/* The socket leaves SYN_SENT: `established`, or closed. */
static __always_inline void nm_connect_settled(struct nm_slot *s, struct sock *sk, __u64 cookie, bool established)
{
	struct nm_record r = NM_RECORD(NM_CONNECT, NM_OUTBOUND, cookie);
	__u64 now;

	if (!established)
		r.error = nm_connect_error(sk);
	nm_fill_tuple(&r, sk, true, true);
	nm_fill_slot(&r, s);
	now = nm_emit(&r, s->since_ns);
	if (established) {
		s->latency_ns = now - s->since_ns;
		s->since_ns = now;
		nm_slot_turn(s, cookie, NM_PHASE_CONNECTING, NM_PHASE_OUTBOUND);
	} else {
		nm_slot_free(s, cookie);
	}
}

/* Established without the spine having seen it. True if this socket called connect() and is tracked. */
static __always_inline bool nm_connect_established(struct sock *sk, __u64 cookie)
{
	struct nm_slot *s = nm_slot_find(cookie);

	if (!s)
		return false;
	if (nm_slot_phase(s) == NM_PHASE_CONNECTING)
		nm_connect_settled(s, sk, cookie, true);
	return nm_slot_phase(s) == NM_PHASE_OUTBOUND;
}

/*
 * Established without a slot: none was free when its SYN was sent, or that was before the agent started. The caller is
 * unknown here. False: still no slot is free.
 */
static __always_inline bool nm_connect_late(struct sock *sk, __u64 cookie)
{
	struct nm_slot *s;

	if (nm_slot_find(cookie) || nm_is_added_subflow(sk))
		return false;
	s = nm_slot_claim(cookie, NM_PHASE_OUTBOUND);
	if (!s) {
		nm_count_lost(NM_DROP_NO_ROOM, NULL); /* the CLOSE */
		return false;
	}
	nm_slot_begin(s, sk, bpf_ktime_get_ns());
	__builtin_memset(&s->owner, 0, sizeof(s->owner));
	s->flags = NM_OWNER_UNKNOWN;
	return true;
}

/* connect() on the socket with this cookie returns `result` to its caller, or is about to. */
static __always_inline void nm_connect_returned(struct sock *sk, __u64 cookie, long result, bool known)
{
	struct nm_slot *s;

	if (result >= 0 || !cookie)
		return;
	s = nm_slot_find(cookie);
	if (s && nm_slot_phase(s) == NM_PHASE_CALLED)
		nm_emit_unsent(s, sk, cookie, -result, 0, known);
}

/* The current thread's connect() returns `result`. */
static __always_inline void nm_thread_returned(long result)
{
	__u32 thread = nm_current_load(pid);
	struct nm_call *call;

	if (result >= 0)
		return;
	call = bpf_map_lookup_elem(&calls, &thread);
	if (call)
		nm_connect_returned(call->sock, call->cookie, result, false);
}

/*
 * The socket is released, and no hook saw what connect() returned. If our program was the last one that could deny it,
 * the kernel found no route, or no port: then the destination is in the socket (in IPv6 also without a route).
 * net/ipv4/tcp_ipv4.c, tcp_v4_connect(); net/ipv6/tcp_ipv6.c, tcp_v6_connect().
 */
static __always_inline void nm_connect_abandoned(struct nm_slot *s, struct sock *sk, __u64 cookie, __u8 state)
{
	__u32 error = ENETUNREACH;
	__u64 destination[2];
	bool ipv6;

	if (!nm_knobs.may_read) {
		nm_forget_unseen(s, cookie);
		return;
	}
	ipv6 = nm_load(false, sk, __sk_common.skc_family) == AF_INET6 && !nm_is_ipv4(s->dialed_addr);
	if (state ==
	    TCP_SYN_SENT) { /* the SYN was to be sent with the first data (TCP_FASTOPEN_CONNECT), but there was none */
		nm_emit_unsent(s, sk, cookie, ECONNABORTED, 0, false);
		return;
	}
	nm_remote_addr(sk, (__u8 *)destination, false);
	if (!ipv6 && destination[0] == ((__u64 *)s->dialed_addr)[0] && destination[1] == ((__u64 *)s->dialed_addr)[1])
		error = EADDRNOTAVAIL;
	else if (!nm_runs_last(sk, ipv6))
		error = 0;
	nm_emit_unsent(s, sk, cookie, error, error ? 0 : NM_ERROR_UNKNOWN, false);
}

#endif

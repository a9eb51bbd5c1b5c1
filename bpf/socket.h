/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Fills a record from the socket (addresses, ports, network namespace) and from its slot. */
#ifndef NM_SOCKET_H
#define NM_SOCKET_H

#include "kernel.h"
#include "slots.h"
#include "../schemas/record.h"

/*
 * Returns a program's socket as a pointer whose fields can be loaded: `known`, below, means a pointer of this kind. NULL
 * for anything but a full TCP socket.
 */
static __always_inline struct sock *nm_known_sock(void *sk)
{
	return (struct sock *)bpf_skc_to_tcp_sock(sk);
}

static __always_inline void nm_map_ipv4(__u8 *to, __be32 addr)
{
	__u32 *words = (__u32 *)to;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = addr;
}

static __always_inline bool nm_is_ipv4(const __u8 *addr)
{
	const __u32 *words = (const __u32 *)addr;

	return !words[0] && !words[1] && words[2] == bpf_htonl(0xffff);
}

static __always_inline bool nm_is_tcp(struct sock *sk, bool known)
{
	__u16 family = nm_load(known, sk, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) && nm_load(known, sk, sk_protocol) == IPPROTO_TCP;
}

static __always_inline bool nm_is_mptcp(struct sock *sk, bool known)
{
	return nm_load(known, sk, sk_protocol) == IPPROTO_MPTCP;
}

/* For an MPTCP connection's own socket: the TCP socket that it started with, or that listens for it. */
static __always_inline struct sock *nm_first_subflow(struct sock *sk)
{
	if (!nm_knobs.may_read || !bpf_core_field_exists(((struct mptcp_sock *)sk)->first))
		return NULL;
	return BPF_CORE_READ((struct mptcp_sock *)sk, first);
}

/* Whether it is a TCP socket that is a subflow of an MPTCP connection, whose structs may be read. */
static __always_inline bool nm_is_subflow(struct sock *sk)
{
	return nm_knobs.may_read && bpf_core_field_exists(((struct tcp_sock *)sk)->is_mptcp) &&
	       ((struct tcp_sock *)sk)->is_mptcp;
}

/* For a TCP socket that is a subflow: the MPTCP connection's own socket; else NULL. */
static __always_inline struct sock *nm_connection_of(struct sock *sk)
{
	struct mptcp_subflow_context *subflow;

	if (!nm_is_subflow(sk))
		return NULL;
	subflow = BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_ulp_data);
	return subflow ? BPF_CORE_READ(subflow, conn) : NULL;
}

/*
 * A subflow that was added to an MPTCP connection: its bytes are the connection's, and no process called connect() or
 * accept() for it. net/mptcp/protocol.h.
 */
static __always_inline bool nm_is_added_subflow(struct sock *sk)
{
	struct mptcp_subflow_context *subflow;

	if (!nm_is_subflow(sk))
		return false;
	subflow = BPF_CORE_READ((struct inet_connection_sock *)sk, icsk_ulp_data);
	return subflow && (BPF_CORE_READ_BITFIELD_PROBED(subflow, request_join) ||
			   BPF_CORE_READ_BITFIELD_PROBED(subflow, mp_join));
}

static __always_inline __u32 nm_netns(struct sock *sk, bool known)
{
	struct net *net = nm_load(known, sk, __sk_common.skc_net.net);

	return nm_load(known, net, ns.inum);
}

static __always_inline __u64 nm_cookie(struct sock *sk, bool known)
{
	return nm_load(known, sk, __sk_common.skc_cookie.counter);
}

/* inet_sport, not skc_num: it keeps the port until the socket is destroyed. */
static __always_inline __u16 nm_local_port(struct sock *sk, bool known)
{
	return bpf_ntohs(nm_load(known, (struct inet_sock *)sk, inet_sport));
}

static __always_inline void nm_copy_ipv6(__u8 *to, const struct in6_addr *from, bool known)
{
	if (known) {
		((__u64 *)to)[0] = ((const __u64 *)from)[0];
		((__u64 *)to)[1] = ((const __u64 *)from)[1];
	} else {
		bpf_core_read(to, 16, from);
	}
}

static __always_inline void nm_local_addr(struct sock *sk, __u8 *to, bool known)
{
	if (nm_load(known, sk, __sk_common.skc_family) == AF_INET6)
		nm_copy_ipv6(to, &sk->__sk_common.skc_v6_rcv_saddr, known);
	else
		nm_map_ipv4(to, nm_load(known, sk, __sk_common.skc_rcv_saddr));
}

static __always_inline void nm_remote_addr(struct sock *sk, __u8 *to, bool known)
{
	if (nm_load(known, sk, __sk_common.skc_family) == AF_INET6)
		nm_copy_ipv6(to, &sk->__sk_common.skc_v6_daddr, known);
	else
		nm_map_ipv4(to, nm_load(known, sk, __sk_common.skc_daddr));
}

/* The source is always the side that opened the connection, whichever end this socket is. */
static __always_inline void nm_fill_tuple(struct nm_record *r, struct sock *sk, bool outbound, bool known)
{
	__u16 remote_port = bpf_ntohs(nm_load(known, sk, __sk_common.skc_dport));

	nm_local_addr(sk, outbound ? r->src_addr : r->dst_addr, known);
	nm_remote_addr(sk, outbound ? r->dst_addr : r->src_addr, known);
	r->src_port = outbound ? nm_local_port(sk, known) : remote_port;
	r->dst_port = outbound ? remote_port : nm_local_port(sk, known);
	r->netns = nm_netns(sk, known);
}

/* Whether the other end of an outgoing connection has this address and port. */
static __always_inline bool nm_is_remote(struct sock *sk, const __u8 *addr, __u16 port)
{
	__u64 remote[2];

	nm_remote_addr(sk, (__u8 *)remote, true);
	return remote[0] == ((const __u64 *)addr)[0] && remote[1] == ((const __u64 *)addr)[1] &&
	       bpf_ntohs(sk->__sk_common.skc_dport) == port;
}

/* Fills the fields that come from the slot. */
static __always_inline void nm_fill_slot(struct nm_record *r, struct nm_slot *s)
{
	r->flags = s->flags;
	r->owner = s->owner;
	r->latency_ns = s->latency_ns;
	if (s->flags & NM_DIALED) {
		__builtin_memcpy(r->dialed_addr, s->dialed_addr, sizeof(r->dialed_addr));
		r->dialed_port = s->dialed_port;
	}
}

#endif

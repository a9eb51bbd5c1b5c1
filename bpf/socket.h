/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What a record takes from the socket: addresses, ports, network namespace. */
#ifndef NM_SOCKET_H
#define NM_SOCKET_H

#include "kernel.h"
#include "../schemas/record.h"

/*
 * A cgroup program's socket as an address to read kernel memory from: the verifier forbids arithmetic on the
 * pointer itself, so it takes the way through the stack.
 */
static __always_inline struct sock *nm_raw_sock(struct bpf_sock *bsk)
{
	struct bpf_sock *volatile spilled = bsk;
	struct sock *sk = NULL;

	bpf_probe_read_kernel(&sk, sizeof(sk), (void *)&spilled);
	return sk;
}

static __always_inline void nm_map_ipv4(__u8 *to, __be32 addr)
{
	__u32 *words = (__u32 *)to;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = addr;
}

static __always_inline bool nm_is_tcp(struct sock *sk)
{
	__u16 family = BPF_CORE_READ(sk, __sk_common.skc_family);

	return (family == AF_INET || family == AF_INET6) && BPF_CORE_READ(sk, sk_protocol) == IPPROTO_TCP;
}

static __always_inline __u32 nm_netns(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
}

static __always_inline __u64 nm_cookie(struct sock *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_cookie.counter);
}

/* inet_sport, not skc_num: it keeps the port until the socket is gone. */
static __always_inline __u16 nm_local_port(struct sock *sk)
{
	return bpf_ntohs(BPF_CORE_READ((struct inet_sock *)sk, inet_sport));
}

static __always_inline void nm_local_addr(struct sock *sk, __u8 *to)
{
	if (BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET6)
		bpf_core_read(to, 16, &sk->__sk_common.skc_v6_rcv_saddr);
	else
		nm_map_ipv4(to, BPF_CORE_READ(sk, __sk_common.skc_rcv_saddr));
}

static __always_inline void nm_remote_addr(struct sock *sk, __u8 *to)
{
	if (BPF_CORE_READ(sk, __sk_common.skc_family) == AF_INET6)
		bpf_core_read(to, 16, &sk->__sk_common.skc_v6_daddr);
	else
		nm_map_ipv4(to, BPF_CORE_READ(sk, __sk_common.skc_daddr));
}

/* The source is always the side that opened the connection, whichever end this socket is. */
static __always_inline void nm_fill_tuple(struct nm_record *r, struct sock *sk, bool outbound)
{
	__u16 remote_port = bpf_ntohs(BPF_CORE_READ(sk, __sk_common.skc_dport));

	nm_local_addr(sk, outbound ? r->src_addr : r->dst_addr);
	nm_remote_addr(sk, outbound ? r->dst_addr : r->src_addr);
	r->src_port = outbound ? nm_local_port(sk) : remote_port;
	r->dst_port = outbound ? remote_port : nm_local_port(sk);
	r->netns = nm_netns(sk);
}

#endif

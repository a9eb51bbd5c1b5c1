// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* Third-party programs at the agent's hooks: socket load balancers that deny, rewrite or set flags. */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define DENIED_PORT 4444 /* the tests connect to it */
#define REWRITTEN_PORT 4445
#define HOST_UNREACHABLE 113

static __always_inline int denies(struct bpf_sock_addr *address)
{
	return address->user_port == bpf_htons(DENIED_PORT);
}

/* Older kernels refuse a program that calls it. */
static __always_inline int host_unreachable(struct bpf_sock_addr *address)
{
	if (!denies(address))
		return 1;
	bpf_set_retval(-HOST_UNREACHABLE);
	return 0;
}

SEC("cgroup/connect4")
int deny4(struct bpf_sock_addr *address)
{
	return !denies(address);
}

SEC("cgroup/connect6")
int deny6(struct bpf_sock_addr *address)
{
	return !denies(address);
}

SEC("cgroup/connect4")
int unreachable4(struct bpf_sock_addr *address)
{
	return host_unreachable(address);
}

SEC("cgroup/connect6")
int unreachable6(struct bpf_sock_addr *address)
{
	return host_unreachable(address);
}

/* Rewrites a service's address like a socket load balancer: 203.0.113.9:4445 becomes loopback, port 4446. */
SEC("cgroup/connect4")
int rewrite4(struct bpf_sock_addr *address)
{
	if (address->user_port == bpf_htons(REWRITTEN_PORT)) {
		address->user_ip4 = bpf_htonl(0x7f000001);
		address->user_port = bpf_htons(REWRITTEN_PORT + 1);
	}
	return 1;
}

static __always_inline int is_established(struct bpf_sock_ops *ops)
{
	return ops->op == BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB || ops->op == BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB;
}

/* Does nothing, and runs whenever the agent's program runs: the minimum cost of a program there. */
SEC("sockops")
int follow_only(struct bpf_sock_ops *ops)
{
	if (is_established(ops) || ops->op == BPF_SOCK_OPS_TCP_CONNECT_CB)
		bpf_sock_ops_cb_flags_set(ops, ops->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
	return 1;
}

/* Requests its own callbacks and discards those that others have requested. */
SEC("sockops")
int overwrite_flags(struct bpf_sock_ops *ops)
{
	if (is_established(ops))
		bpf_sock_ops_cb_flags_set(ops, BPF_SOCK_OPS_RTT_CB_FLAG);
	return 1;
}

SEC("sockops")
int clear_flags(struct bpf_sock_ops *ops)
{
	if (is_established(ops))
		bpf_sock_ops_cb_flags_set(ops, 0);
	return 1;
}

/* Leaves them alone at first, and clears them at the first measured round trip: no callback comes after it. */
SEC("sockops")
int clear_flags_later(struct bpf_sock_ops *ops)
{
	if (is_established(ops))
		bpf_sock_ops_cb_flags_set(ops, ops->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_RTT_CB_FLAG);
	else if (ops->op == BPF_SOCK_OPS_RTT_CB)
		bpf_sock_ops_cb_flags_set(ops, 0);
	return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";

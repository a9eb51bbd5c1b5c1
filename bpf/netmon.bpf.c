// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The table of hooks. What each event means is in connect.h, accept.h, close.h and spine.h; the way out is
 * emit.h. The agent loads one spine, the three cgroup hooks, and the first accept and connect-return hooks
 * that the kernel takes.
 */
#include "adopt.h"
#include "kernel.h"
#include "knobs.h"
#include "maps.h"
#include "spine.h"

#include <asm/ptrace.h>
#include <bpf/bpf_tracing.h>

/* ---- spine: sock_ops at the cgroup v2 root. No recursion guard, so it misses nothing. ---- */

static __always_inline void sockops_want(struct bpf_sock_ops *ctx, __u32 flags)
{
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | flags);
}

static __always_inline void sockops_connect(struct bpf_sock_ops *ctx, struct bpf_sock *bsk)
{
	struct nm_conn *c = bpf_sk_storage_get(&conns, bsk, 0, BPF_SK_STORAGE_GET_F_CREATE);

	if (!c) {
		nm_count_lost(NM_DROP_NO_STATE);
		return;
	}
	nm_connect_sent(c);
	sockops_want(ctx, BPF_SOCK_OPS_STATE_CB_FLAG);
}

static __always_inline void sockops_established(struct bpf_sock_ops *ctx, struct bpf_sock *bsk)
{
	struct nm_conn *c = bpf_sk_storage_get(&conns, bsk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	__u32 flags = BPF_SOCK_OPS_STATE_CB_FLAG;
	struct sock *sk = nm_known_sock(bsk);

	if (!c || !sk) {
		nm_count_lost(NM_DROP_NO_STATE);
		return;
	}
	if (c->phase == NM_PHASE_CONNECTING)
		return; /* simultaneous open: the same socket called, too */
	if (nm_accept_established(c, sk, bpf_get_socket_cookie(ctx))) {
		c->rtt_flag_ours = !(ctx->bpf_sock_ops_cb_flags & BPF_SOCK_OPS_RTT_CB_FLAG);
		flags |= BPF_SOCK_OPS_RTT_CB_FLAG;
	}
	sockops_want(ctx, flags);
}

static __always_inline void sockops_rtt(struct bpf_sock_ops *ctx, struct bpf_sock *bsk)
{
	struct nm_conn *c = bpf_sk_storage_get(&conns, bsk, 0, 0);
	struct sock *sk;

	if (!c || c->phase != NM_PHASE_ACCEPTING)
		return; /* somebody else's flag */
	sk = nm_known_sock(bsk);
	if (sk && nm_accept_overdue(c, sk, bpf_get_socket_cookie(ctx)) && c->rtt_flag_ours)
		bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags & ~BPF_SOCK_OPS_RTT_CB_FLAG);
}

SEC("sockops")
int nm_sockops(struct bpf_sock_ops *ctx)
{
	struct bpf_sock *bsk = ctx->sk;
	struct nm_conn *c;
	struct sock *sk;

	if (!bsk)
		return 1;
	switch (ctx->op) {
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		sockops_connect(ctx, bsk);
		break;
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		c = bpf_sk_storage_get(&conns, bsk, 0, BPF_SK_STORAGE_GET_F_CREATE);
		if (c)
			nm_listening(c);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		sockops_established(ctx, bsk);
		break;
	case BPF_SOCK_OPS_STATE_CB:
		/* ctx->state, not args[0]: the arguments share memory with the reply that other programs write. */
		c = bpf_sk_storage_get(&conns, bsk, 0, 0);
		if (!c || !nm_state_noted(c, ctx->args[1]))
			break;
		sk = nm_known_sock(bsk);
		if (sk)
			nm_state_changed(c, sk, ctx->state, ctx->args[1]);
		break;
	case BPF_SOCK_OPS_RTT_CB:
		sockops_rtt(ctx, bsk);
		break;
	}
	return 1;
}

/* ---- spine where there is no cgroup v2: skipped when it would re-enter, so its misses count as loss (5.12+). ---- */

SEC("tp_btf/inet_sock_set_state")
int nm_tracepoint(__u64 *ctx)
{
	struct sock *sk = nm_known_sock((void *)ctx[0]);
	__u8 from = ctx[1], to = ctx[2];
	bool opens = to == TCP_SYN_SENT || to == TCP_LISTEN || (from == TCP_SYN_RECV && to == TCP_ESTABLISHED);
	struct nm_conn *c;

	if (!sk)
		return 0;
	c = bpf_sk_storage_get(&conns, sk, 0, opens ? BPF_SK_STORAGE_GET_F_CREATE : 0);
	if (!c) {
		if (opens)
			nm_count_lost(NM_DROP_NO_STATE);
		return 0;
	}
	if (to == TCP_SYN_SENT)
		nm_connect_sent(c);
	else if (to == TCP_LISTEN)
		nm_listening(c);
	else if (from == TCP_SYN_RECV && to == TCP_ESTABLISHED && c->phase != NM_PHASE_CONNECTING)
		nm_accept_established(c, sk, bpf_get_socket_cookie(sk));
	else if (nm_state_noted(c, to))
		nm_state_changed(c, sk, from, to);
	return 0;
}

/* ---- connect(): every attempt, in the caller's context, also those that never become a TCP state ---- */

SEC("cgroup/connect4")
int nm_connect4(struct bpf_sock_addr *ctx)
{
	nm_connect_called(ctx, false);
	return 1;
}

SEC("cgroup/connect6")
int nm_connect6(struct bpf_sock_addr *ctx)
{
	nm_connect_called(ctx, true);
	return 1;
}

SEC("cgroup/sock_release")
int nm_release(struct bpf_sock *ctx)
{
	nm_connect_forgotten(ctx);
	return 1;
}

/* ---- connect() returns: errno of what never sent a SYN ---- */

SEC("fexit/tcp_v4_connect")
int nm_connect4_fexit(__u64 *ctx)
{
	nm_connect_returned((int)ctx[3]);
	return 0;
}

SEC("fexit/tcp_v6_connect")
int nm_connect6_fexit(__u64 *ctx)
{
	nm_connect_returned((int)ctx[3]);
	return 0;
}

SEC("kretprobe/tcp_v4_connect")
int nm_connect4_kretprobe(struct pt_regs *ctx)
{
	nm_connect_returned((int)PT_REGS_RC(ctx));
	return 0;
}

SEC("kretprobe/tcp_v6_connect")
int nm_connect6_kretprobe(struct pt_regs *ctx)
{
	nm_connect_returned((int)PT_REGS_RC(ctx));
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_connect")
int nm_connect_syscall(struct syscall_exit *ctx)
{
	nm_connect_returned(ctx->ret);
	return 0;
}

/* ---- accept() returns: the exact owner ---- */

/* inet_accept(sock, newsock, ...): what follows has changed over the years. newsock has no sk if it failed. */
SEC("fexit/inet_accept")
int nm_accept_fexit(__u64 *ctx)
{
	nm_accepted(nm_known_sock(((struct socket *)ctx[1])->sk), true);
	return 0;
}

/*
 * security_sock_graft(sk, parent), which inet_accept() calls with the child. Not a kretprobe of accept itself: each
 * call that is blocked in accept() holds one of its few instances, and past those the kernel skips it.
 */
SEC("kprobe/security_sock_graft")
int nm_accept_kprobe(struct pt_regs *ctx)
{
	nm_accepted((struct sock *)PT_REGS_PARM1(ctx), false);
	return 0;
}

static __always_inline void accept_syscall(long fd)
{
	struct task_struct *task = (struct task_struct *)bpf_get_current_task();
	struct file **table = BPF_CORE_READ(task, files, fdt, fd);
	struct socket *socket;
	struct file *file;

	if (fd < 0 || bpf_probe_read_kernel(&file, sizeof(file), table + fd))
		return;
	socket = BPF_CORE_READ(file, private_data);
	nm_accepted(BPF_CORE_READ(socket, sk), false);
}

SEC("tracepoint/syscalls/sys_exit_accept")
int nm_accept_syscall(struct syscall_exit *ctx)
{
	accept_syscall(ctx->ret);
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_accept4")
int nm_accept4_syscall(struct syscall_exit *ctx)
{
	accept_syscall(ctx->ret);
	return 0;
}

/* ---- cgroups come and go ---- */

SEC("tp_btf/cgroup_mkdir")
int nm_cgroup_mkdir(__u64 *ctx)
{
	nm_cgroup_changed(NM_CGROUP_MADE, (struct cgroup *)ctx[0], (const char *)ctx[1]);
	return 0;
}

SEC("tp_btf/cgroup_rmdir")
int nm_cgroup_rmdir(__u64 *ctx)
{
	nm_cgroup_changed(NM_CGROUP_REMOVED, (struct cgroup *)ctx[0], (const char *)ctx[1]);
	return 0;
}

/* ---- at start: what is older than the agent (5.11+, 5.16+) ---- */

SEC("iter/task_file")
int nm_adopt_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	struct nm_conn *c;
	struct sock *sk;

	if (!task || !file || task->pid != task->tgid)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk || !nm_is_tcp(sk, true) || sk->__sk_common.skc_state == TCP_CLOSE)
		return 0;
	c = bpf_sk_storage_get(&conns, sk, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (c)
		nm_adopt_file(c, task, sk->__sk_common.skc_state);
	return 0;
}

SEC("iter/tcp")
int nm_adopt_sockets(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct tcp_sock *tp;
	struct nm_conn *c;
	int flags;
	__u8 state;

	if (!common)
		return 0;
	tp = bpf_skc_to_tcp_sock(common);
	if (!tp)
		return 0;
	state = ((struct sock *)tp)->__sk_common.skc_state;
	if (!nm_is_connected(state))
		return 0;
	c = bpf_sk_storage_get(&conns, tp, 0, BPF_SK_STORAGE_GET_F_CREATE);
	if (!c || !nm_adopt_connection(c, tp, state))
		return 0;
	flags = tp->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG;
	bpf_setsockopt(tp, SOL_TCP, TCP_BPF_SOCK_OPS_CB_FLAGS, &flags, sizeof(flags));
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Keeps the shared types in the object's BTF, where the layout test reads them. */
struct nm_abi_enums {
	enum nm_kind kind;
	enum nm_direction direction;
	enum nm_reason reason;
	enum nm_flags flags;
};
const struct nm_record nm_abi_record SEC(".rodata.abi") = {};
const struct nm_cgroup nm_abi_cgroup SEC(".rodata.abi") = {};
const struct nm_tick nm_abi_tick SEC(".rodata.abi") = {};
const struct nm_counters nm_abi_counters SEC(".rodata.abi") = {};
const struct nm_abi_enums nm_abi_enums SEC(".rodata.abi") = {};

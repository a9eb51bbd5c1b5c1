// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * The table of hooks. The meaning of the events is in connect.h, accept.h, close.h and spine.h; emit.h writes them to the
 * rings. The agent loads one spine, the three cgroup hooks, and the first accept and connect-return hooks that the kernel
 * supports.
 */
#include "adopt.h"
#include "flow.h"
#include "kernel.h"
#include "knobs.h"
#include "maps.h"
#include "spine.h"

#include <asm/ptrace.h>
#include <bpf/bpf_tracing.h>

/* ---- spine: sock_ops at the cgroup v2 root. It has no recursion guard, so it misses nothing. ---- */

/* Other programs may have set flags of their own, and may have cleared ours. */
static __always_inline void sockops_follow(struct bpf_sock_ops *ctx)
{
	bpf_sock_ops_cb_flags_set(ctx, ctx->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG);
}

SEC("sockops")
int nm_sockops(struct bpf_sock_ops *ctx)
{
	__u32 op = ctx->op;
	struct nm_owner owner = {};
	struct bpf_sock *bsk;
	struct sock *sk;
	__u64 cookie;

	/* Of the seventeen calls during a connection, nine are irrelevant and end here. */
	switch (op) {
	case BPF_SOCK_OPS_STATE_CB:
		/* ctx->state, not args[0]: the arguments share memory with the reply that other programs write. */
		if (!nm_state_matters(ctx->state, ctx->args[1]))
			return 1;
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		if (ctx->bpf_sock_ops_cb_flags & BPF_SOCK_OPS_STATE_CB_FLAG)
			return 1;
		break;
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		break;
	default:
		return 1;
	}
	bsk = ctx->sk;
	if (!bsk)
		return 1;
	sk = nm_known_sock(bsk);
	if (!sk)
		return 1;
	cookie = nm_cookie(sk, true);
	switch (op) {
	case BPF_SOCK_OPS_STATE_CB:
		if (cookie)
			nm_state_changed(sk, cookie, ctx->state, ctx->args[1]);
		break;
	case BPF_SOCK_OPS_TCP_CONNECT_CB:
		if (!cookie)
			cookie = bpf_get_socket_cookie(ctx);
		if (nm_is_added_subflow(sk))
			break;
		if (nm_connect_sent(sk, cookie))
			sockops_follow(ctx);
		break;
	case BPF_SOCK_OPS_ACTIVE_ESTABLISHED_CB:
		/* Our flag was cleared after the SYN, or the SYN is older than the agent. */
		if (!cookie)
			cookie = bpf_get_socket_cookie(ctx);
		if (nm_connect_established(sk, cookie) || nm_connect_late(sk, cookie))
			sockops_follow(ctx);
		break;
	case BPF_SOCK_OPS_PASSIVE_ESTABLISHED_CB:
		if (cookie &&
		    nm_connect_established(sk, cookie)) { /* simultaneous open: the same socket called connect(), too */
			sockops_follow(ctx);
			break;
		}
		if (!cookie)
			cookie = bpf_get_socket_cookie(ctx);
		if (nm_is_added_subflow(sk))
			break;
		if (nm_accept_established(sk, cookie))
			sockops_follow(ctx);
		break;
	case BPF_SOCK_OPS_TCP_LISTEN_CB:
		nm_owner_current(&owner);
		nm_listening(sk, &owner, true);
		break;
	}
	return 1;
}

/* ---- spine without a cgroup v2 hierarchy: skipped when it would recurse, which counts as loss (5.12+). ---- */

SEC("tp_btf/inet_sock_set_state")
int nm_tracepoint(__u64 *ctx)
{
	__u8 from = ctx[1], to = ctx[2];
	bool opens = to == TCP_SYN_SENT, accepts = from == TCP_SYN_RECV && to == TCP_ESTABLISHED,
	     listens = to == TCP_LISTEN;
	struct nm_owner owner = {};
	struct sock *sk;
	__u64 cookie;

	if (!opens && !accepts && !listens && !nm_state_matters(from, to))
		return 0;
	sk = nm_known_sock((void *)ctx[0]);
	if (!sk)
		return 0;
	if (listens) {
		nm_owner_current(&owner);
		nm_listening(sk, &owner, true);
		return 0;
	}
	cookie = bpf_get_socket_cookie(sk);
	if (opens) {
		if (!nm_is_added_subflow(sk))
			nm_connect_sent(sk, cookie);
	} else if (accepts) {
		if (!nm_connect_established(sk, cookie) && !nm_is_added_subflow(sk))
			nm_accept_established(sk, cookie);
	} else {
		nm_state_changed(sk, cookie, from, to);
	}
	return 0;
}

/* ---- connect(): every attempt, in the caller's context, including those that never reach a TCP state ---- */

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

/* The same, attached before all other programs of the cgroup root (6.16+). */

SEC("cgroup/connect4")
int nm_asked4(struct bpf_sock_addr *ctx)
{
	nm_connect_asked(ctx, false);
	return 1;
}

SEC("cgroup/connect6")
int nm_asked6(struct bpf_sock_addr *ctx)
{
	nm_connect_asked(ctx, true);
	return 1;
}

SEC("fentry/inet_stream_connect")
int nm_connect_fentry(__u64 *ctx)
{
	struct socket *socket = (struct socket *)ctx[0];
	struct sock *sk = socket->state == SS_UNCONNECTED ? nm_known_sock(socket->sk) : NULL;

	if (sk)
		nm_connect_entered(sk, (const void *)ctx[1]);
	return 0;
}

/* ---- a socket is released, by close() or the end of its last process: the last chance to write its records ---- */

SEC("cgroup/sock_release")
int nm_release(struct bpf_sock *ctx)
{
	struct sock *sk =
	    (struct sock *)ctx; /* such a program receives the socket itself, but the verifier does not know it */
	__u32 protocol = ctx->protocol;
	__u64 cookie;

	if (ctx->type != SOCK_STREAM)
		return 1;
	if (protocol == IPPROTO_MPTCP)
		sk = nm_first_subflow(sk);
	else if (protocol != IPPROTO_TCP)
		return 1;
	if (!sk)
		return 1;
	if (protocol == IPPROTO_TCP)
		cookie = bpf_get_socket_cookie(ctx);
	else
		cookie = nm_cookie(sk, false);
	if (cookie)
		nm_released(sk, cookie,
			    protocol == IPPROTO_TCP ? ctx->state : nm_load(false, sk, __sk_common.skc_state));
	return 1;
}

/* ---- connect() returns: errno of attempts that sent no SYN ---- */

SEC("fexit/inet_stream_connect")
int nm_connect_fexit(__u64 *ctx)
{
	struct sock *sk = nm_known_sock(((struct socket *)ctx[0])->sk);

	if (sk)
		nm_connect_returned(sk, nm_cookie(sk, true), (int)ctx[4], true);
	return 0;
}

/* Functions that never block, so that no call holds one of the few instances of a kretprobe for long. */
SEC("kretprobe/tcp_v4_pre_connect")
int nm_denied4_kretprobe(struct pt_regs *ctx)
{
	nm_thread_returned((int)PT_REGS_RC(ctx));
	return 0;
}

SEC("kretprobe/tcp_v6_pre_connect")
int nm_denied6_kretprobe(struct pt_regs *ctx)
{
	nm_thread_returned((int)PT_REGS_RC(ctx));
	return 0;
}

SEC("kretprobe/tcp_v4_connect")
int nm_connect4_kretprobe(struct pt_regs *ctx)
{
	nm_thread_returned((int)PT_REGS_RC(ctx));
	return 0;
}

SEC("kretprobe/tcp_v6_connect")
int nm_connect6_kretprobe(struct pt_regs *ctx)
{
	nm_thread_returned((int)PT_REGS_RC(ctx));
	return 0;
}

SEC("tracepoint/syscalls/sys_exit_connect")
int nm_connect_syscall(struct syscall_exit *ctx)
{
	nm_thread_returned(ctx->ret);
	return 0;
}

/* ---- accept(): the exact owner ---- */

/* security_sock_graft(sk, parent): called by every accept() with the socket that it returns, including io_uring's. */
SEC("fentry/security_sock_graft")
int nm_accept_fentry(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0], *tcp = nm_known_sock(sk);

	if (tcp)
		nm_accepted_any(tcp, true);
	else if (nm_knobs.may_read)
		nm_accepted_any(sk, false);
	return 0;
}

SEC("kprobe/security_sock_graft")
int nm_accept_kprobe(struct pt_regs *ctx)
{
	nm_accepted_any((struct sock *)PT_REGS_PARM1(ctx), false);
	return 0;
}

/* An accept() that requests the peer's address reads it in the accepting process: inet_getname(). */
static __always_inline int accept_getpeername(struct bpf_sock_addr *ctx)
{
	__u32 zero = 0;
	__u64 *pointer;
	struct sock *sk;

	if (!ctx->sk)
		return 1;
	if (ctx->protocol == IPPROTO_TCP) {
		sk = nm_known_sock(ctx->sk);
		if (sk)
			nm_accepted_any(sk, true);
	} else if (ctx->protocol == IPPROTO_MPTCP && nm_knobs.may_read) {
		pointer = bpf_map_lookup_elem(&pointers, &zero);
		if (!pointer)
			return 1;
		*(volatile __u64 *)pointer = (__u64)ctx->sk;
		sk = (struct sock *)*(volatile __u64 *)pointer;
		/* Another task may have run here in between: then it is another socket. */
		if (nm_cookie(sk, false) == bpf_get_socket_cookie(ctx))
			nm_accepted_any(sk, false);
	}
	return 1;
}

SEC("cgroup/getpeername4")
int nm_getpeername4(struct bpf_sock_addr *ctx)
{
	return accept_getpeername(ctx);
}

SEC("cgroup/getpeername6")
int nm_getpeername6(struct bpf_sock_addr *ctx)
{
	return accept_getpeername(ctx);
}

/* A process receives data. Softirq work (strparser) is excluded: it does not own the socket's lock. */
SEC("tp_btf/tcp_rcv_space_adjust")
int nm_receive(__u64 *ctx)
{
	struct sock *sk = (struct sock *)ctx[0];
	__u64 cookie = nm_cookie(sk, true);
	struct nm_slot *s = cookie ? nm_slot_find(cookie) : NULL;

	if (!s || nm_slot_phase(s) != NM_PHASE_ACCEPTING)
		return 0;
	sk = nm_known_sock(sk);
	if (sk && sk->sk_lock.owned && sk->sk_socket)
		nm_accepted(sk, cookie, true);
	return 0;
}

/* A process sends over MPTCP. */
SEC("tp_btf/mptcp_subflow_get_send")
int nm_mptcp_send(__u64 *ctx)
{
	struct mptcp_subflow_context *subflow = (struct mptcp_subflow_context *)ctx[0];
	struct sock *connection = subflow->conn;

	if (connection->sk_lock.owned && !(nm_current_load(flags) & PF_KTHREAD))
		nm_accepted_any(connection, false);
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
	nm_accepted_any(BPF_CORE_READ(socket, sk), false);
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

/* ---- cgroups are created and removed ---- */

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

/* ---- periodically: open connections ---- */

SEC("iter/bpf_map_elem")
int nm_flow(struct bpf_iter__bpf_map_elem *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	const nm_slot_key *at = ctx->key;
	const __u64 *word = ctx->value;
	struct nm_record r = {};
	struct nm_slot *s;
	nm_slot_key key;

	if (!at || !word || !*word)
		return 0;
	key = *at;
	s = bpf_map_lookup_elem(&slots, &key);
	if (!s)
		return 0;
	/* No room: the write below fails, and the kernel calls again with the same element and an empty buffer. */
	if (seq->count + sizeof(r) > seq->size) {
		bpf_seq_write(seq, &r, sizeof(r));
		return 0;
	}
	if (nm_sweep_slot(s, &r))
		bpf_seq_write(seq, &r, sizeof(r));
	return 0;
}

/* ---- at the start: sockets older than the agent (5.12+, 5.16+) ---- */

SEC("iter/tcp")
int nm_adopt_sockets(struct bpf_iter__tcp *ctx)
{
	struct sock_common *common = ctx->sk_common;
	struct tcp_sock *tp;
	__u8 state;
	int flags;

	if (!common)
		return 0;
	tp = bpf_skc_to_tcp_sock(common);
	if (!tp)
		return 0;
	state = ((struct sock *)tp)->__sk_common.skc_state;
	if (state == TCP_LISTEN || state == TCP_CLOSE || !nm_adopt(tp, bpf_get_socket_cookie(tp)))
		return 0;
	flags = tp->bpf_sock_ops_cb_flags | BPF_SOCK_OPS_STATE_CB_FLAG;
	bpf_setsockopt(tp, SOL_TCP, TCP_BPF_SOCK_OPS_CB_FLAGS, &flags, sizeof(flags));
	return 0;
}

SEC("iter/task_file")
int nm_adopt_files(struct bpf_iter__task_file *ctx)
{
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct nm_owner owner = {};
	struct socket *socket;
	struct tcp_sock *tp;
	struct nm_slot *s;
	struct sock *sk;
	__u64 cookie;

	if (!task || !file || task->pid != task->tgid)
		return 0;
	socket = bpf_sock_from_file(file);
	if (!socket)
		return 0;
	sk = socket->sk;
	if (!sk)
		return 0;
	if (nm_is_mptcp(sk, true)) {
		nm_owner_of(&owner, task, true);
		sk = nm_first_subflow(sk);
		if (!sk)
			return 0;
		if (nm_load(false, sk, __sk_common.skc_state) == TCP_LISTEN) {
			nm_listening(sk, &owner, false);
			return 0;
		}
		cookie = nm_cookie(sk, false);
		s = cookie ? nm_slot_find(cookie) : NULL;
		if (s)
			nm_adopt_owner(s, sk, cookie, &owner, false);
		return 0;
	}
	tp = bpf_skc_to_tcp_sock(sk);
	if (!tp || sk->__sk_common.skc_state == TCP_CLOSE)
		return 0;
	nm_owner_of(&owner, task, true);
	if (sk->__sk_common.skc_state == TCP_LISTEN) {
		nm_listening((struct sock *)tp, &owner, true);
		return 0;
	}
	cookie = bpf_get_socket_cookie(tp);
	s = nm_adopt(tp, cookie);
	if (s)
		nm_adopt_owner(s, (struct sock *)tp, cookie, &owner, true);
	return 0;
}

/* ---- tests of what this kernel's BPF supports: never attached ---- */

/* Not allowed in lockdown=confidentiality. */
SEC("socket")
int nm_probe_read(struct __sk_buff *ctx)
{
	__u64 word = 0;

	return bpf_probe_read_kernel(&word, sizeof(word), ctx);
}

/* Compare-and-swap: 5.12+. */

#ifndef NM_NO_CMPXCHG
SEC("socket")
int nm_cmpxchg(struct __sk_buff *ctx)
{
	__u64 word = ctx->len;

	return __sync_val_compare_and_swap(&word, 0, 1);
}
#endif

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Keeps the shared types in the object's BTF, which the layout test reads. */
struct nm_abi_enums {
	enum nm_kind kind;
	enum nm_direction direction;
	enum nm_reason reason;
	enum nm_flags flags;
	enum nm_slots_layout slots_layout;
};
const struct nm_record nm_abi_record SEC(".rodata.abi") = {};
const struct nm_cgroup nm_abi_cgroup SEC(".rodata.abi") = {};
const struct nm_tick nm_abi_tick SEC(".rodata.abi") = {};
const struct nm_counters nm_abi_counters SEC(".rodata.abi") = {};
const struct nm_account nm_abi_account SEC(".rodata.abi") = {};
const struct nm_abi_enums nm_abi_enums SEC(".rodata.abi") = {};

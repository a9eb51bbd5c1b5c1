/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The few kernel types that the programs read, each with only the fields read. The compiler marks every
 * access for relocation (CO-RE), so offsets come from the running kernel's BTF and this file needs no
 * kernel headers of any particular version.
 */
#ifndef NM_KERNEL_H
#define NM_KERNEL_H

#include <linux/types.h>
#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_core_read.h>

/*
 * Reads a field of a kernel struct. `known`, a constant: the verifier knows the type of the pointer (it came from BTF), so
 * this is a plain load; otherwise a call of bpf_probe_read_kernel(), which takes about ten times as long.
 */
#define nm_load(known, pointer, field) ((known) ? (pointer)->field : BPF_CORE_READ(pointer, field))

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

struct in6_addr {
	__u8 bytes[16];
};

typedef struct {
	__s64 counter;
} atomic64_t;

struct kernfs_node {
	__u64 id; /* u64 since 5.5 */
};

struct cgroup_root {
	int hierarchy_id; /* 0 is the v2 hierarchy; others are in /proc/cgroups */
};

struct bpf_prog_aux {
	__u32 id;
};

struct bpf_prog {
	struct bpf_prog_aux *aux;
};

struct bpf_prog_array_item {
	struct bpf_prog *prog;
};

struct bpf_prog_array {
	struct bpf_prog_array_item items[1];
};

struct cgroup_bpf {
	struct bpf_prog_array *effective[1]; /* by enum cgroup_bpf_attach_type */
};

struct cgroup {
	struct kernfs_node *kn;
	struct cgroup_root *root;
	struct cgroup_bpf bpf;
};

struct sock_cgroup_data {
	struct cgroup *cgroup; /* v2; 5.15+ */
};

/* The values depend on the running kernel: read them with bpf_core_enum_value(). */
enum cgroup_bpf_attach_type {
	CGROUP_INET4_CONNECT,
	CGROUP_INET6_CONNECT,
};

typedef struct {
	int counter;
} atomic_t;

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

struct sock_common {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	unsigned short skc_family;
	volatile unsigned char skc_state;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
	unsigned long skc_flags;
	refcount_t skc_refcnt;
};

typedef struct {
	int owned; /* by a process; softirq work on it is deferred */
} socket_lock_t;

struct sk_buff {
	char cb[48];
};

struct sk_buff_head {
	struct sk_buff *prev;
};

struct sock_extended_err {
	__u32 ee_errno;
	__u8 ee_origin;
};

struct sock_exterr_skb {
	struct sock_extended_err ee;
};

struct sock {
	struct sock_common __sk_common;
	socket_lock_t sk_lock;
	struct socket *sk_socket;
	struct sk_buff_head sk_error_queue;
	int sk_err;
	int sk_err_soft;
	__u16 sk_protocol;
	__u16 sk_type;
	struct sock_cgroup_data sk_cgrp_data;
};

struct inet_sock {
	struct sock sk;
	__be16 inet_sport;
};

struct inet_connection_sock {
	void *icsk_ulp_data;
};

struct mptcp_sock {
	struct sock *first;
};

struct mptcp_subflow_context {
	__u32 mp_join : 1, request_join : 1;
	struct sock *conn; /* the connection's own socket */
};

struct tcp_sock {
	_Bool is_mptcp;
	__u32 data_segs_in;
	__u32 write_seq;
	__u64 bytes_received;
	__u64 bytes_acked;
	__u64 bytes_sent;
	__u64 bytes_retrans;
	__u32 snd_nxt;
	__u32 snd_una;
	__u8 bpf_sock_ops_cb_flags;
	__u32 srtt_us; /* eighths of a microsecond */
	__u32 total_retrans;
};

/* include/uapi/linux/net.h; an enum, or the field does not match the kernel's. */
typedef enum {
	SS_UNCONNECTED = 1,
} socket_state;

struct socket {
	socket_state state;
	struct sock *sk;
};

struct file {
	void *private_data;
};

struct fdtable {
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct cgroup_subsys_state {
	struct cgroup *cgroup;
};

struct css_set {
	struct cgroup_subsys_state *subsys[14]; /* as many as the kernel has controllers */
	struct cgroup *dfl_cgrp; /* the task's cgroup in the v2 hierarchy */
};

/* The values depend on the running kernel: read them with bpf_core_enum_value(). */
enum cgroup_subsys_id {
	cpuset_cgrp_id,
	cpu_cgrp_id,
	io_cgrp_id,
	memory_cgrp_id,
	devices_cgrp_id,
	freezer_cgrp_id,
	pids_cgrp_id,
};

typedef struct {
	unsigned int val;
} kuid_t;

struct cred {
	kuid_t uid;
};

struct task_struct {
	unsigned int flags;
	int pid;
	int tgid;
	struct task_struct *group_leader;
	const struct cred *cred;
	struct css_set *cgroups;
	struct files_struct *files;
	char comm[16];
};

struct seq_file {
	size_t size;
	size_t count;
};

struct bpf_iter_meta {
	struct seq_file *seq;
};

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *key;
	void *value;
};

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
	__u32 uid;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

#pragma clang attribute pop

/* Layout of the syscalls:sys_exit_* tracepoints, the same on every 64-bit architecture. */
struct syscall_exit {
	__u64 common;
	long nr;
	long ret;
};

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

#define SOL_TCP 6
#define TCP_BPF_SOCK_OPS_CB_FLAGS 1008 /* include/uapi/linux/bpf.h, 6.12 */

#define AF_INET 2
#define AF_INET6 10
#define SOCK_STREAM 1
#define IPPROTO_TCP 6
#define IPPROTO_MPTCP 262

/* The fields of struct sockaddr_in and sockaddr_in6 that are read. */
struct nm_sockaddr {
	__u16 family;
	__be16 port;
	__be32 ipv4; /* for IPv6: the flow label */
	__u8 ipv6[16];
};

#define SOCK_DEAD 0 /* close() has released it: sock_orphan() */
#define SOCK_DONE 1 /* include/net/sock.h enum sock_flags: set by tcp_fin() when a FIN arrives */

/* include/net/tcp_states.h; bpf_sock_ops uses the same numbers as BPF_TCP_*. */
enum {
	TCP_ESTABLISHED = 1,
	TCP_SYN_SENT = 2,
	TCP_SYN_RECV = 3,
	TCP_FIN_WAIT1 = 4,
	TCP_FIN_WAIT2 = 5,
	TCP_CLOSE = 7,
	TCP_CLOSE_WAIT = 8,
	TCP_LAST_ACK = 9,
	TCP_LISTEN = 10,
	TCP_CLOSING = 11,
};

/* include/uapi/asm-generic/errno.h */
#define EADDRNOTAVAIL 99
#define ENETUNREACH 101
#define SO_EE_ORIGIN_ICMP 2 /* include/uapi/linux/errqueue.h */
#define SO_EE_ORIGIN_ICMP6 3

#define EPIPE 32
#define ECONNABORTED 103
#define ECONNRESET 104
#define ETIMEDOUT 110

#endif

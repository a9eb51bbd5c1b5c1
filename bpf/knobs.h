/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Constants that the agent sets before loading the programs; the verifier drops dead branches. */
#ifndef NM_KNOBS_H
#define NM_KNOBS_H

#include "kernel.h"

enum nm_controller {
	NM_UNIFIED = 0, /* cgroup v2, including beside v1 hierarchies */
	NM_MEMORY,
	NM_PIDS,
	NM_CPU,
	NM_CPUSET,
	NM_DEVICES,
	NM_FREEZER,
	NM_BLKIO,
};

/* How the owner of an accepted connection is determined. */
enum nm_accept_hook {
	NM_ACCEPT_LISTENER = 0, /* no hook: the listener. The ACCEPT is written when the connection is established */
	NM_ACCEPT_ALWAYS = 1, /* a hook that every accept() triggers: the ACCEPT waits for it */
	NM_ACCEPT_MOSTLY =
	    2, /* a hook that some accept() calls do not trigger: the ACCEPT waits for it, or for the socket's close */
};

/* Mirrored by engine/Sources/Kernel/Knobs.cs. */
struct nm_knobs {
	__u64 began_ns; /* when the agent started, CLOCK_MONOTONIC: an older slot was left by the previous agent */
	__u64
	    share_ns; /* one second divided by the number of records per second that a cgroup may write; 0: unlimited */
	__u32 ring_count; /* the number of rings; if there are fewer than CPUs, CPUs share them */
	__u32 cgroup_controller; /* enum nm_controller: the hierarchy that identifies containers */
	__u32 cgroup_hierarchy; /* that hierarchy's id, as in /proc/cgroups; 0 is v2 */
	__u32 accept_hook; /* enum nm_accept_hook */
	__u32 slot_mask; /* the number of slots - 1 */
	__u32 by_sockops; /* 1: state changes come through sock_ops, by a flag that each socket must have */
	__u32 by_thread; /* 1: the hooks on connect()'s return only know the thread */
	__u32
	    may_read; /* 0: the kernel is in lockdown=confidentiality, where programs may not call bpf_probe_read_kernel() */
};

/* The only variable in .rodata, so it is at its start. */
const volatile struct nm_knobs nm_knobs = {.ring_count = 1, .may_read = 1};

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What the agent sets before the programs are loaded. The verifier sees constants and drops dead branches. */
#ifndef NM_KNOBS_H
#define NM_KNOBS_H

#include "kernel.h"

enum nm_controller {
	NM_UNIFIED = 0, /* cgroup v2, also beside v1 hierarchies */
	NM_MEMORY,
	NM_PIDS,
	NM_CPU,
	NM_CPUSET,
	NM_DEVICES,
	NM_FREEZER,
	NM_BLKIO,
};

/* Who owns what is accepted. */
enum nm_accept_hook {
	NM_ACCEPT_LISTENER =
	    0, /* no hook: who called listen(). The ACCEPT is written when the connection is established */
	NM_ACCEPT_ALWAYS = 1, /* a hook that no accept() passes by: the ACCEPT waits for it */
	NM_ACCEPT_MOSTLY = 2, /* one that some accept() pass by: the ACCEPT waits for it, or for the socket's close */
};

/* Mirrored by engine/Sources/Kernel/Knobs.cs. */
struct nm_knobs {
	__u64
	    began_ns; /* when the agent began, CLOCK_MONOTONIC: a slot that is older was left by the agent before it */
	__u64 share_ns; /* a second divided by how many records a second a cgroup may write; 0: any number */
	__u32 ring_count; /* how many rings there are; CPUs share them where there are fewer */
	__u32 cgroup_controller; /* enum nm_controller: whose hierarchy tells containers apart */
	__u32 cgroup_hierarchy; /* that hierarchy's id, as in /proc/cgroups; 0 is v2 */
	__u32 accept_hook; /* enum nm_accept_hook */
	__u32 slot_mask; /* how many slots there are, less 1 */
	__u32 by_sockops; /* 1: states come through sock_ops, by a flag that each socket must have */
	__u32 by_thread; /* 1: the hooks on connect()'s return know the thread alone */
	__u32
	    may_read; /* 0: a kernel in lockdown=confidentiality, where programs may not call bpf_probe_read_kernel() */
};

/* The only variable in .rodata, so it stands at its start. */
const volatile struct nm_knobs nm_knobs = {.ring_count = 1, .may_read = 1};

#endif

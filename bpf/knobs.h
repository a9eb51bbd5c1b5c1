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

/* Mirrored by engine/Sources/Kernel/Knobs.cs. */
struct nm_knobs {
	__u64
	    accept_patience_ns; /* an inbound connection that no hook saw accepted is reported on traffic after this */
	__u32 ring_count; /* how many rings there are; CPUs share them where there are fewer */
	__u32 cgroup_controller; /* enum nm_controller: whose hierarchy tells containers apart */
	__u32 cgroup_hierarchy; /* that hierarchy's id, as in /proc/cgroups; 0 is v2 */
	__u32 accept_exact; /* 1: a hook tells who called accept(), the ACCEPT waits for it. 0: the listener owns it */
	__u32 reserved;
};

/* The only variable in .rodata, so it stands at its start. */
const volatile struct nm_knobs nm_knobs = {.ring_count = 1};

#endif

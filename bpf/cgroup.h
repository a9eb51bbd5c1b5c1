/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The cgroup of a process, and the names of cgroups when they are created and removed. The kernel reports a new one before
 * any process can be moved into it (cgroup_mkdir() of kernel/cgroup/cgroup.c traces before kernfs_activate()), so that
 * the name of a container that lives 50 ms arrives before its events.
 */
#ifndef NM_CGROUP_H
#define NM_CGROUP_H

#include "emit.h"
#include "kernel.h"
#include "knobs.h"
#include "maps.h"

/* Dead branches are removed because the knob is constant; a controller that this kernel lacks can't have been chosen. */
static __always_inline __u32 nm_controller_index(void)
{
	switch (nm_knobs.cgroup_controller) {
	case NM_MEMORY:
		return bpf_core_enum_value(enum cgroup_subsys_id, memory_cgrp_id);
	case NM_PIDS:
		return bpf_core_enum_value(enum cgroup_subsys_id, pids_cgrp_id);
	case NM_CPU:
		return bpf_core_enum_value(enum cgroup_subsys_id, cpu_cgrp_id);
	case NM_CPUSET:
		return bpf_core_enum_value(enum cgroup_subsys_id, cpuset_cgrp_id);
	case NM_DEVICES:
		return bpf_core_enum_value(enum cgroup_subsys_id, devices_cgrp_id);
	case NM_FREEZER:
		return bpf_core_enum_value(enum cgroup_subsys_id, freezer_cgrp_id);
	default:
		return bpf_core_enum_value(enum cgroup_subsys_id, io_cgrp_id);
	}
}

static __always_inline __u64 nm_cgroup_of(struct task_struct *task, bool known)
{
	struct css_set *set;
	struct cgroup_subsys_state *state = NULL;

	if (!known && !nm_knobs.may_read)
		return 0;
	set = nm_load(known, task, cgroups);
	if (nm_knobs.cgroup_controller == NM_UNIFIED)
		return known ? set->dfl_cgrp->kn->id : BPF_CORE_READ(set, dfl_cgrp, kn, id);
	bpf_probe_read_kernel(&state, sizeof(state),
			      (void *)set + bpf_core_field_offset(struct css_set, subsys) +
				  nm_controller_index() * sizeof(state));
	return BPF_CORE_READ(state, cgroup, kn, id);
}

static __always_inline void nm_cgroup_changed(enum nm_kind kind, struct cgroup *cgroup, const char *path)
{
	struct nm_cgroup *r;

	if ((__u32)BPF_CORE_READ(cgroup, root, hierarchy_id) != nm_knobs.cgroup_hierarchy)
		return;
	r = bpf_ringbuf_reserve(&cgroups, sizeof(*r), 0);
	if (!r) {
		struct nm_counters *c = nm_counters_here();

		if (c)
			__sync_fetch_and_add(&c->cgroups_dropped, 1);
		return;
	}
	r->size = sizeof(*r);
	r->version = NM_VERSION;
	r->kind = kind;
	r->reserved = 0;
	r->ktime_ns = bpf_ktime_get_ns();
	r->cgroup_id = BPF_CORE_READ(cgroup, kn, id);
	__builtin_memset(r->path, 0, sizeof(r->path));
	bpf_probe_read_kernel_str(r->path, sizeof(r->path), path);
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
}

#endif

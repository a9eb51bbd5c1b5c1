/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Who: taken in the kernel, because a process that lives 1 ms is gone from /proc when the agent looks. */
#ifndef NM_OWNER_H
#define NM_OWNER_H

#include "cgroup.h"
#include "kernel.h"
#include "../schemas/record.h"

static __always_inline void nm_owner_of(struct nm_owner *o, struct task_struct *task)
{
	struct task_struct *leader = BPF_CORE_READ(task, group_leader);

	o->cgroup_id = nm_cgroup_of(task);
	o->pid = BPF_CORE_READ(task, tgid);
	o->uid = BPF_CORE_READ(task, cred, uid.val);
	__builtin_memset(o->comm, 0, sizeof(o->comm));
	bpf_core_read_str(o->comm, sizeof(o->comm), &leader->comm);
}

/* Right only where the caller of connect(), listen() or accept() is running. */
static __always_inline void nm_owner_current(struct nm_owner *o)
{
	nm_owner_of(o, (struct task_struct *)bpf_get_current_task());
}

#endif

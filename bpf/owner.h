/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* The owner: read in the kernel, because a process that lives 1 ms is gone from /proc when the agent looks it up. */
#ifndef NM_OWNER_H
#define NM_OWNER_H

#include "cgroup.h"
#include "kernel.h"
#include "../schemas/record.h"

/* A name ends at its first NUL; clears what the kernel may have left after it from an earlier, longer name. */
static __always_inline void nm_comm_end(__u64 comm[2])
{
	__u64 nul = (comm[0] - 0x0101010101010101) & ~comm[0] & 0x8080808080808080;

	if (nul) {
		comm[0] &= ((nul & -nul) >> 7) - 1;
		comm[1] = 0;
		return;
	}
	nul = (comm[1] - 0x0101010101010101) & ~comm[1] & 0x8080808080808080;
	comm[1] &= ((nul & -nul) >> 7) - 1;
}

static __always_inline void nm_owner_of(struct nm_owner *o, struct task_struct *task, bool known)
{
	struct task_struct *leader = nm_load(known, task, group_leader);
	const struct cred *cred = nm_load(known, task, cred);
	__u64 *comm = (__u64 *)o->comm;

	o->cgroup_id = nm_cgroup_of(task, known);
	o->pid = nm_load(known, task, tgid);
	o->uid = nm_load(known, cred, uid.val);
	if (known) {
		comm[0] = ((const __u64 *)leader->comm)[0];
		comm[1] = ((const __u64 *)leader->comm)[1];
	} else {
		bpf_core_read(comm, sizeof(o->comm), &leader->comm);
	}
	nm_comm_end(comm);
}

/* Cgroup programs may call bpf_get_current_task_btf() on kernels with bpf_user_ringbuf_drain(), 6.1, and some older ones. */
#define nm_current_is_known bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_user_ringbuf_drain)

/* Reads a field of the running task. */
#define nm_current_load(field)                                                                                         \
	(nm_current_is_known ? bpf_get_current_task_btf()->field                                                       \
			     : BPF_CORE_READ((struct task_struct *)bpf_get_current_task(), field))

/* Only correct while the caller of connect(), listen() or accept() is running. */
static __always_inline void nm_owner_current(struct nm_owner *o)
{
	if (nm_current_is_known)
		nm_owner_of(o, bpf_get_current_task_btf(), true);
	else
		nm_owner_of(o, (struct task_struct *)bpf_get_current_task(), false);
}

#endif

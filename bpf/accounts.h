/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What each cgroup wrote and lost, to attribute a flood to its cgroup and to limit it to its share. */
#ifndef NM_ACCOUNTS_H
#define NM_ACCOUNTS_H

#include "claim.h"
#include "kernel.h"
#include "knobs.h"
#include "../schemas/record.h"

/* Mirrored by engine/Sources/Kernel/Cgroups/CgroupAccount.cs. */
struct nm_account {
	__u64
	    cgroup_id; /* as in struct nm_owner; 0: free, or in the first element: all cgroups without an account of their own */
	__u64 seen; /* records */
	__u64 dropped[NM_DROP_REASONS]; /* by enum nm_drop */
	__u64 last_ns; /* time of the last record, CLOCK_MONOTONIC */
	__u64 due_ns; /* when all records so far would be written at one per nm_knobs.share_ns */
	__u64 reserved;
};

#define NM_ACCOUNTS 4096
#define NM_ACCOUNT_PROBES 4
#define NM_SHARE_BURST_NS 1000000000ull /* the unused share of one second may be used at once */

/* Elements are claimed here, and released by the agent when their cgroup has long been silent. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, NM_ACCOUNTS);
	__type(key, __u32);
	__type(value, struct nm_account);
} accounts SEC(".maps");

static __always_inline struct nm_account *nm_account_of(__u64 cgroup_id)
{
	__u32 drawn = (cgroup_id * 0x9e3779b97f4a7c15ull) >> 32, zero = 0;

#pragma unroll
	for (int probe = 0; cgroup_id && probe < NM_ACCOUNT_PROBES; probe++) {
		__u32 at = (drawn + probe) % (NM_ACCOUNTS - 1) + 1;
		struct nm_account *a = bpf_map_lookup_elem(&accounts, &at);

		if (a && (a->cgroup_id == cgroup_id || (!a->cgroup_id && nm_claim(&a->cgroup_id, cgroup_id))))
			return a;
	}
	return bpf_map_lookup_elem(&accounts, &zero);
}

/* Whether one more record is within the cgroup's share. Races between CPUs may admit a few records too many. */
static __always_inline bool nm_within_share(struct nm_account *a, __u64 now)
{
	__u64 due = a->due_ns;

	if (due > now + NM_SHARE_BURST_NS)
		return false;
	a->due_ns = (due > now ? due : now) + nm_knobs.share_ns;
	return true;
}

#endif

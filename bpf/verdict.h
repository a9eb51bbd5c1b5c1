/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Whether another program may deny a connect() after ours has seen it: the programs of a socket's cgroup run in the order
 * of its effective array, and those of its ancestors after its own. include/linux/bpf-cgroup-defs.h.
 */
#ifndef NM_VERDICT_H
#define NM_VERDICT_H

#include "kernel.h"
#include "maps.h"

#define NM_MOST_PROGRAMS 16

/* True: our program of this family is the last. False: it is not, or that is unknown. */
static __always_inline bool nm_runs_last(struct sock *sk, bool ipv6)
{
	struct nm_settings *set;
	struct bpf_prog_array *array;
	struct bpf_prog *program, *last = NULL;
	struct cgroup *cgroup;
	__u32 zero = 0, at;

	set = bpf_map_lookup_elem(&settings, &zero);
	if (!nm_knobs.may_read || !set || !bpf_core_field_exists(sk->sk_cgrp_data.cgroup) ||
	    !bpf_core_enum_value_exists(enum cgroup_bpf_attach_type, CGROUP_INET4_CONNECT))
		return false;
	at = ipv6 ? bpf_core_enum_value(enum cgroup_bpf_attach_type, CGROUP_INET6_CONNECT)
		  : bpf_core_enum_value(enum cgroup_bpf_attach_type, CGROUP_INET4_CONNECT);
	cgroup = BPF_CORE_READ(sk, sk_cgrp_data.cgroup);
	if (bpf_probe_read_kernel(&array, sizeof(array),
				  (void *)cgroup + bpf_core_field_offset(struct cgroup, bpf) +
				      bpf_core_field_offset(struct cgroup_bpf, effective) + at * sizeof(array)))
		return false;
	for (int i = 0; i < NM_MOST_PROGRAMS; i++) {
		if (bpf_probe_read_kernel(&program, sizeof(program),
					  (void *)array + bpf_core_field_offset(struct bpf_prog_array, items) +
					      i * bpf_core_type_size(struct bpf_prog_array_item)))
			return false;
		if (!program)
			return last && BPF_CORE_READ(last, aux, id) == (ipv6 ? set->connect6_id : set->connect4_id);
		last = program;
	}
	return false;
}

#endif

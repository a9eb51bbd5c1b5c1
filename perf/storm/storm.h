/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Declarations shared by the storm's program and its driver. */
#ifndef STORM_H
#define STORM_H

#include <linux/types.h>

#define STORM_BATCH 64 /* records a run of the program */

struct storm_run {
	__u64 first; /* number of the first record: determines addresses and ports */
	__u64 cgroup_id; /* the owner's */
};

#endif

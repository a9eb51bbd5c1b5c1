/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Claims an element by writing its key, where any CPU may try. */
#ifndef NM_CLAIM_H
#define NM_CLAIM_H

#include <linux/types.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>

/* Writes `value` if the word is 0; false if another CPU was first. */
static __always_inline bool nm_claim(__u64 *word, __u64 value)
{
#ifndef NM_NO_CMPXCHG
	return !__sync_val_compare_and_swap(word, 0, value);
#else
	/* Two CPUs may both succeed: acceptable for a counter, but not for a socket. */
	*(volatile __u64 *)word = value;
	return *(volatile __u64 *)word == value;
#endif
}

#endif

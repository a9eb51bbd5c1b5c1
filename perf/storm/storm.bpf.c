// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Events without connections: a program that emits records from inside the kernel through the product's own emit path
 * (emit.h), into the rings of a running agent. For measurements only; the agent has no such program.
 */
#include "../../bpf/emit.h"
#include "storm.h"

static __always_inline void storm_address(__u8 *to, __u32 low)
{
	__u32 *words = (__u32 *)to;

	words[0] = 0;
	words[1] = 0;
	words[2] = bpf_htonl(0xffff);
	words[3] = bpf_htonl(0x0af00000 | (low & 0xfff));
}

/* Records come in the order of connections: CONNECT, ACCEPT, CLOSE, CLOSE. */
static __always_inline void storm_emit(struct storm_run *run, __u64 number)
{
	__u64 connection = number >> 2;
	bool inbound = number & 1, closes = number & 2;
	enum nm_kind kind = closes ? NM_CLOSE : inbound ? NM_ACCEPT : NM_CONNECT;
	struct nm_record record = NM_RECORD(kind, inbound ? NM_INBOUND : NM_OUTBOUND, connection + 1), *r = &record;

	r->reason = !closes ? NM_REASON_NONE : inbound ? NM_FIN_REMOTE : NM_FIN_LOCAL;
	storm_address(r->src_addr, connection);
	storm_address(r->dst_addr, connection >> 7);
	r->src_port = 32768 + (connection & 0x3fff);
	r->dst_port = 8080;
	r->netns = 4026531840;
	r->owner.cgroup_id = run->cgroup_id;
	r->owner.pid = 1000 + (connection & 63) + 64 * (__u32)(run->first >> 40); /* each CPU has its own processes */
	r->owner.uid = 1000;
	__builtin_memcpy(r->owner.comm, inbound ? "server" : "client", 6);
	r->latency_ns = 100000 + (connection & 0xffff);
	if (closes)
		r->duration_ns = 10 * r->latency_ns;
	if (closes) {
		r->bytes_sent = 200 + (connection & 0x3ff);
		r->bytes_received = 1000 + (connection & 0xfff);
		r->srtt_us = 50 + (connection & 0xff);
	}
	nm_emit(r, 0);
}

SEC("syscall")
int storm(struct storm_run *run)
{
	for (int i = 0; i < STORM_BATCH; i++)
		storm_emit(run, run->first + i);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Every map: what it holds, who inserts, who deletes, why it can't leak. */
#ifndef NM_MAPS_H
#define NM_MAPS_H

#include "kernel.h"
#include "../schemas/record.h"

enum nm_phase {
	NM_PHASE_NONE = 0,
	NM_PHASE_LISTENING, /* owner: who called listen(); children inherit it */
	NM_PHASE_CONNECTING, /* owner: who called connect(); CONNECT not yet written */
	NM_PHASE_ACCEPTING, /* established; whether its ACCEPT is written, the map `unaccepted` knows; owner: the listener */
	NM_PHASE_OUTBOUND, /* CONNECT written */
	NM_PHASE_OLDER, /* adopted, its direction not yet known */
	NM_PHASE_INBOUND, /* ACCEPT written */
};

/* What is remembered of a socket. */
struct nm_conn {
	struct nm_owner owner;
	__u64 since_ns; /* connect() called, then established */
	__u8 phase; /* enum nm_phase */
	__u8 first_fin; /* NM_FIN_LOCAL, NM_FIN_REMOTE, or 0 while none was seen */
	__u8 rtt_flag_ours; /* we set the socket's RTT callback flag and may clear it */
	__u8 owner_flags; /* NM_OWNER_INFERRED, NM_OWNER_UNKNOWN */
	__u8 reserved[4];
};

/*
 * A socket's state. Inserted at connect(), listen() and when a passive connection is established (where it
 * is first cloned from the listener). Lives and dies with the socket, so it can't leak.
 */
struct {
	__uint(type, BPF_MAP_TYPE_SK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC | BPF_F_CLONE);
	__type(key, int);
	__type(value, struct nm_conn);
} conns SEC(".maps");

/* A connect() that has not yet sent its SYN. */
struct nm_attempt {
	__u64 started_ns;
	__u64 cookie;
	__u8 src_addr[16];
	__u8 dst_addr[16];
	__u16 src_port;
	__u16 dst_port;
	__u32 netns;
};

/*
 * Attempts by calling thread. Inserted by cgroup/connect4 and connect6; deleted in the same call when the
 * SYN is sent, else by the hook on its return, else when the socket is released. One a thread at most, and
 * least-recently-used goes first, so a thread that dies in between leaks nothing.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, struct nm_attempt);
} attempts SEC(".maps");

/*
 * Established, not yet accepted, by socket cookie. Inserted at establishment. Deleting the entry is the
 * right to write the ACCEPT: just one of the accept hook, the RTT callback and the close gets it. The last
 * always comes, so it can't leak. Full: the ACCEPT is written at once with the listener as its owner.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u64);
	__type(value, __u8);
} unaccepted SEC(".maps");

/*
 * Who accepted, by socket cookie: the way from the accept hook (which cannot reach `conns` on every kernel
 * and program type) to the spine, which moves it there at the connection's next RTT sample or its close.
 * Inserted by the accept hook, deleted by the spine. Full: CLOSE shows the listener's owner.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__type(key, __u64);
	__type(value, struct nm_owner);
} accepted SEC(".maps");

struct nm_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* the agent sets the size before load */
};

/* The way out. The agent makes the rings, puts them here before anything is attached, and reads them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1); /* the agent sets it to nm_knobs.ring_count */
	__type(key, __u32);
	__array(values, struct nm_ring);
} rings SEC(".maps");

/* Cgroups as they come and go: apart, so that a storm of connections can't push them out. 512 of them. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} cgroups SEC(".maps");

/* Only added to. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nm_counters);
} counters SEC(".maps");

#endif

/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* All maps but the table of sockets (slots.h): content, who inserts and deletes, why it can't leak. All are preallocated. */
#ifndef NM_MAPS_H
#define NM_MAPS_H

#include "kernel.h"
#include "../schemas/record.h"

/* The address at which a socket listens. */
struct nm_listener {
	__u8 addr[16]; /* as in struct nm_record; unspecified: at every address */
	__u32 netns;
	__u32 port; /* host order */
};

/*
 * The process that called listen(): the fallback owner of connections accepted there. Inserted at listen() and, for
 * listeners older than the agent, at the start. The least recently used is evicted first, so it can't leak.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct nm_listener);
	__type(value, struct nm_owner);
} listeners SEC(".maps");

/* A connect() that a thread is executing. */
struct nm_call {
	__u64 cookie;
	struct sock *sock;
};

/*
 * By thread, for hooks on connect()'s return that do not see the socket (nm_knobs.by_thread). Overwritten by the thread's
 * next call; only valid while the socket's slot agrees.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct nm_call);
} calls SEC(".maps");

/* The process that accepted an MPTCP connection before its first subflow was seen established. */
struct nm_early {
	struct nm_owner owner;
	__u64 at_ns;
};

/*
 * By the address of the connection's own socket. Inserted by the accept hook, deleted when the first subflow is
 * established, a moment later. The least recently used is evicted first, so it can't leak; old ones are ignored.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct nm_early);
} early SEC(".maps");

/* Holds a pointer's value, for code in which the verifier does not allow arithmetic on it. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} pointers SEC(".maps");

struct nm_ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096); /* the agent sets the size before load */
};

/* The output rings. The agent creates them, puts them here before anything is attached, and reads them. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1); /* the agent sets it to nm_knobs.ring_count */
	__type(key, __u32);
	__array(values, struct nm_ring);
} rings SEC(".maps");

/* Created and removed cgroups, on a separate ring, so that a flood of connections can't displace them. Room for 512. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024);
} cgroups SEC(".maps");

/* Settings that the agent changes while the programs run. Mirrored by engine/Sources/Kernel/Settings.cs. */
struct nm_settings {
	__u64
	    flow_every_ns; /* the sweep reports connections with traffic that have not been reported for this long; 0: none */
	__u32 flow_all; /* 1: the sweep reports every open connection */
	__u32 connect4_id; /* the kernel's ids of these programs */
	__u32 connect6_id;
	__u32 gone_only; /* 1: the sweep reports nothing, but frees the slots of sockets that are gone */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nm_settings);
} settings SEC(".maps");

/* Only incremented. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nm_counters);
} counters SEC(".maps");

#endif

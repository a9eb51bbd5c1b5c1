/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Every map but the table of sockets (slots.h): what it holds, who inserts, who deletes, why it can't leak. All are preallocated. */
#ifndef NM_MAPS_H
#define NM_MAPS_H

#include "kernel.h"
#include "../schemas/record.h"

/* Where a socket listens. */
struct nm_listener {
	__u8 addr[16]; /* as in struct nm_record; unspecified: at every address */
	__u32 netns;
	__u32 port; /* host order */
};

/*
 * Who called listen(): the owner of last resort of what is accepted there. Inserted at listen() and, for what is older
 * than the agent, at start. Least recently used goes first, so it can't leak.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct nm_listener);
	__type(value, struct nm_owner);
} listeners SEC(".maps");

/* A connect() that a thread is in. */
struct nm_call {
	__u64 cookie;
	struct sock *sock;
};

/*
 * By thread, for hooks on connect()'s return that see no more than that (nm_knobs.by_thread). Overwritten by the thread's
 * next call; what it says is believed only while the socket's slot says the same.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, __u32);
	__type(value, struct nm_call);
} calls SEC(".maps");

/* Who accepted an MPTCP connection whose first subflow was not yet seen established. */
struct nm_early {
	struct nm_owner owner;
	__u64 at_ns;
};

/*
 * By the address of the connection's own socket. Inserted by the accept hook, deleted when the first subflow is
 * established, an instant later. Least recently used goes first, so it can't leak; old ones are not believed.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u64);
	__type(value, struct nm_early);
} early SEC(".maps");

/* A pointer's value, for where the verifier allows no arithmetic on it. */
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

/* What the agent changes while the programs run. Mirrored by engine/Sources/Kernel/Settings.cs. */
struct nm_settings {
	__u64
	    flow_every_ns; /* the sweep reports connections that were not reported for so long, and have moved bytes since; 0: none */
	__u32 flow_all; /* 1: the sweep reports every open connection */
	__u32 connect4_id; /* the ids of these programs, as the kernel numbers them */
	__u32 connect6_id;
	__u32 gone_only; /* 1: the sweep reports nothing, and gives back the slots of sockets that are gone */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nm_settings);
} settings SEC(".maps");

/* Only added to. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct nm_counters);
} counters SEC(".maps");

#endif

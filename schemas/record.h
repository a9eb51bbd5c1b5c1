/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The wire ABI: the records that the kernel programs write into a ring and the agent reads.
 *
 * Rules: fixed-width fields, natural alignment, host byte order unless the comment says network,
 * every byte written, no packing and no bit-fields. The C# mirror is
 * engine/Events/ConnectionRecord.cs; tests/unit/LayoutTests compares the two through the BTF of the
 * compiled object, so it fails if a field moves. Increment NM_VERSION when a field changes.
 */
#ifndef NM_RECORD_H
#define NM_RECORD_H

#include <linux/types.h>

#define NM_VERSION 2
#define NM_COMM_LEN 16

enum nm_kind {
	NM_CONNECT = 1,
	NM_ACCEPT = 2,
	NM_CLOSE = 3,
	NM_FLOW = 4, /* the totals so far of a connection that is still open */
	NM_CGROUP_MADE = 8, /* struct nm_cgroup: the cgroup exists; written before any process can be in it */
	NM_CGROUP_REMOVED = 9, /* struct nm_cgroup: its directory was removed; sockets may outlive it */
	NM_TICK = 16, /* struct nm_tick, a watermark, written by the reader between two drains, never by the kernel */
};

enum nm_direction {
	NM_OUTBOUND = 1, /* the owner opened the connection */
	NM_INBOUND = 2, /* the owner accepted the connection */
};

/* Why a connection closed, from the view of the record's end. */
enum nm_reason {
	NM_REASON_NONE = 0, /* not a CLOSE */
	NM_FIN_LOCAL = 1, /* this side sent the first FIN */
	NM_FIN_REMOTE = 2, /* the other side did */
	NM_RESET_LOCAL = 3, /* this side dropped it with a RST (SO_LINGER 0, unread data, killed) */
	NM_RESET_REMOTE = 4, /* the other side did */
	NM_REASON_TIMED_OUT = 5, /* retransmissions or keep-alives went unanswered */
	NM_REASON_ABORTED = 6, /* destroyed by the administrator (ss --kill) */
	NM_REASON_ERROR = 7, /* another socket error, in `error` */
};

enum nm_flags {
	NM_ERROR_UNKNOWN = 1, /* CONNECT failed and no hook saw its errno */
	NM_OWNER_INFERRED = 2, /* no hook saw accept(): the owner is the process that closed it, or else the listener */
	NM_OWNER_UNKNOWN = 4, /* the owner of the socket is unknown; pid, uid and comm are 0 */
	NM_OLDER =
	    8, /* established before the agent started: duration_ns counts from its start, the bytes from the connection's */
	NM_DIALED = 16, /* the caller requested another destination: dialed_addr and dialed_port */
};

struct nm_owner {
	__u64
	    cgroup_id; /* inode of the cgroup's directory, in the hierarchy that identifies containers; 1 is the root */
	__u32 pid; /* thread group id in the initial pid namespace */
	__u32 uid; /* real uid in the initial user namespace */
	__u8 comm[NM_COMM_LEN]; /* of the thread group's leader; NUL-terminated, zero-filled, untrusted bytes */
};

struct nm_record {
	__u16 size; /* bytes of this record, header included: sizeof(struct nm_record) */
	__u8 version; /* NM_VERSION */
	__u8 kind; /* enum nm_kind */
	__u8 direction; /* enum nm_direction */
	__u8 reason; /* enum nm_reason */
	__u8 flags; /* enum nm_flags */
	__u8 reserved; /* 0 */
	__u64 ktime_ns; /* CLOCK_MONOTONIC */
	__u64
	    connection_id; /* the socket's cookie: the same in every record of this end, unique until the next boot; 0: unknown */
	__u8 src_addr[16]; /* the side that opened the connection; network order, IPv4 as ::ffff:a.b.c.d */
	__u8 dst_addr[16]; /* the other side */
	__u16 src_port; /* host order; 0 if the kernel never chose one */
	__u16 dst_port; /* host order */
	__u32 netns; /* inode of the socket's network namespace */
	struct nm_owner owner;
	__u64
	    latency_ns; /* outbound: from connect() to its outcome; inbound: from the end of the handshake to accept(); 0: unknown */
	__u64 duration_ns; /* CLOSE, FLOW: since the end of the handshake; else 0 */
	__u64 bytes_sent; /* CLOSE, FLOW: payload bytes sent, without retransmissions, SYN and FIN */
	__u64 bytes_received; /* CLOSE, FLOW: payload bytes received in order, without FIN */
	__u64 delta_sent; /* CLOSE, FLOW: bytes_sent since the connection's last FLOW, or since its start */
	__u64 delta_received; /* CLOSE, FLOW: bytes_received since then */
	__u32 srtt_us; /* CLOSE, FLOW: smoothed round-trip time, microseconds */
	__u32 retransmits; /* CLOSE, FLOW: segments retransmitted since the connection's start */
	__u32 error; /* errno: why a CONNECT failed, or sk_err at CLOSE; 0 if none */
	__u16 dialed_port; /* with NM_DIALED: as passed to connect(), host order; else 0 */
	__u16 reserved2; /* 0 */
	__u8 dialed_addr[16]; /* with NM_DIALED: as src_addr; else 0 */
};

#define NM_CGROUP_PATH_LEN 488

/* A cgroup's path, on a separate ring. The kernel provides the path (include/trace/events/cgroup.h). */
struct nm_cgroup {
	__u16 size; /* sizeof(struct nm_cgroup) */
	__u8 version;
	__u8 kind; /* NM_CGROUP_MADE or NM_CGROUP_REMOVED */
	__u32 reserved; /* 0 */
	__u64 ktime_ns; /* CLOCK_MONOTONIC */
	__u64 cgroup_id; /* as in struct nm_owner */
	__u8 path[NM_CGROUP_PATH_LEN]; /* from the hierarchy's root; NUL-terminated, zero-filled; truncated if longer */
};

/* A watermark: no later record is older than `ktime_ns`. Also the offset from ktime to wall-clock time. */
struct nm_tick {
	__u16 size;
	__u8 version;
	__u8 kind; /* NM_TICK */
	__u32 reserved;
	__u64 ktime_ns; /* the watermark */
	__s64 clock_offset_ns; /* CLOCK_REALTIME - CLOCK_MONOTONIC */
};

/* Why an event was not written to a ring. */
enum nm_drop {
	NM_DROP_RING_FULL = 0, /* the agent did not drain in time */
	NM_DROP_NO_ROOM = 1, /* no slot was free for the socket, so its events are unknown */
	NM_DROP_FAIR_SHARE = 2, /* its cgroup exceeded its share */
	NM_DROP_REASONS = 3,
};

/* One per CPU, only incremented. seen == delivered + sum(dropped). */
struct nm_counters {
	__u64 seen;
	__u64 delivered;
	__u64 dropped[NM_DROP_REASONS];
	__u64
	    cgroups_dropped; /* cgroup records that did not fit: no event is lost, but the tree must be scanned again */
	__u64
	    accepts_inferred; /* ACCEPTs with an inferred owner, because no hook saw accept() (also flagged in the record) */
	__u64
	    closes_early; /* CLOSEs written when the socket was released, because another program had disabled its callbacks */
	__u64 closes_unseen; /* sockets that disappeared without a CLOSE, found by the sweep */
};

#endif

-- What to ask a capture, over the views events (schemas/parquet.md) and loss (schemas/loss.md). Plain DuckDB; times are UTC.
-- docs/query.md has questions and their answers.

-- Who it is, for who asks: a pod's name without what its controller appends for each replica (Deployment, ReplicaSet,
-- DaemonSet, StatefulSet), a container's name outside Kubernetes, a
-- process of the node itself, or of a container that no runtime has told the names of.
CREATE OR REPLACE MACRO workload_of(pod_namespace, pod_name, container_name, process) AS CASE
    WHEN pod_name <> '' THEN pod_namespace || '/' || regexp_replace(pod_name, '((-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}|-[0-9]+)$', '')
    WHEN container_name <> '' THEN 'container/' || container_name
    WHEN pod_name IS NULL THEN 'node/' || process
    ELSE 'unnamed/' || process
END;

-- One row for each end of each connection that was established. One that has ended is its CLOSE; one that is open is its last
-- FLOW, with the bytes so far, or until its first its CONNECT or ACCEPT alone. opened_at is the moment of establishment (of a
-- connection that is older than the agent, the agent's start); accepted_at, when accept() returned. An id is unique on a node until
-- it boots: the times tell two boots apart. Rows of version 0.1 have no id and a CLOSE of theirs no latency: these are joined by a
-- hash of their addresses, network namespace and node and by both ports, which together are more than 64 bits.
CREATE OR REPLACE VIEW connections AS
WITH told AS (
    SELECT * FROM events WHERE connection_id IS NOT NULL AND (type <> 'CONNECT' OR result = 'established')
), ended AS ( -- times are cut off to microseconds, so that a difference may be one more than the truth
    SELECT *, CASE WHEN older THEN TIMESTAMP '1970-01-01' ELSE timestamp - to_microseconds(duration_us + 1) END AS not_before FROM told WHERE type = 'CLOSE'
), latest AS (
    SELECT *, CASE WHEN older THEN TIMESTAMP '1970-01-01' ELSE timestamp - to_microseconds(duration_us + 1) END AS not_before FROM told WHERE type = 'FLOW'
    QUALIFY row_number() OVER (PARTITION BY node, connection_id ORDER BY timestamp DESC) = 1
), flowing AS (
    SELECT f.* FROM latest f ANTI JOIN ended e
        ON f.node = e.node AND f.connection_id = e.connection_id AND f.timestamp >= e.not_before AND f.timestamp <= e.timestamp
), reported AS (
    SELECT * FROM ended UNION ALL BY NAME SELECT * FROM flowing
), begun AS (
    SELECT o.* FROM (SELECT * FROM told WHERE type IN ('CONNECT', 'ACCEPT')) o ANTI JOIN reported r
        ON o.node = r.node AND o.connection_id = r.connection_id AND o.timestamp >= r.not_before AND o.timestamp <= r.timestamp
), opened AS (
    SELECT *, hash(src_ip, dst_ip, src_port, dst_port, direction, netns, node) AS whose, timestamp AS told_at
    FROM events WHERE connection_id IS NULL AND (type = 'ACCEPT' OR (type = 'CONNECT' AND result = 'established'))
), closed AS (
    SELECT *, hash(src_ip, dst_ip, src_port, dst_port, direction, netns, node) AS whose,
        timestamp - to_microseconds(duration_us) AS opened_at, timestamp - to_microseconds(duration_us + 1) AS not_before
    FROM events WHERE connection_id IS NULL AND type = 'CLOSE'
)
SELECT node, direction, src_ip, src_port, dst_ip, dst_port,
    timestamp - to_microseconds(duration_us) AS opened_at, CASE type WHEN 'CLOSE' THEN timestamp END AS closed_at, duration_us,
    CASE WHEN direction = 'inbound' AND older IS NULL THEN timestamp - to_microseconds(duration_us) + to_microseconds(latency_us) END AS accepted_at, latency_us,
    bytes_sent, bytes_received, rtt_us, retransmits, reason, pid, process, uid, netns, cgroup_id, container_id, pod_namespace, pod_name, container_name,
    type = 'FLOW' AS open, connection_id, owner, older, dialed_ip, dialed_port
FROM reported
UNION ALL BY NAME
SELECT node, direction, src_ip, src_port, dst_ip, dst_port,
    CASE type WHEN 'ACCEPT' THEN timestamp - to_microseconds(coalesce(latency_us, 0)) ELSE timestamp END AS opened_at,
    CASE type WHEN 'ACCEPT' THEN timestamp END AS accepted_at, latency_us,
    pid, process, uid, netns, cgroup_id, container_id, pod_namespace, pod_name, container_name,
    true AS open, connection_id, owner, older, dialed_ip, dialed_port
FROM begun
UNION ALL BY NAME
SELECT coalesce(c.node, o.node) AS node, coalesce(c.direction, o.direction) AS direction,
    coalesce(c.src_ip, o.src_ip) AS src_ip, coalesce(c.src_port, o.src_port) AS src_port,
    coalesce(c.dst_ip, o.dst_ip) AS dst_ip, coalesce(c.dst_port, o.dst_port) AS dst_port,
    coalesce(c.opened_at, o.told_at) AS opened_at, c.timestamp AS closed_at, c.duration_us,
    CASE WHEN o.type = 'ACCEPT' THEN o.told_at END AS accepted_at, o.latency_us,
    c.bytes_sent, c.bytes_received, c.rtt_us, c.retransmits, c.reason,
    coalesce(c.pid, o.pid) AS pid, coalesce(c.process, o.process) AS process, coalesce(c.uid, o.uid) AS uid,
    coalesce(c.netns, o.netns) AS netns, coalesce(c.cgroup_id, o.cgroup_id) AS cgroup_id,
    coalesce(c.container_id, o.container_id) AS container_id, coalesce(c.pod_namespace, o.pod_namespace) AS pod_namespace,
    coalesce(c.pod_name, o.pod_name) AS pod_name, coalesce(c.container_name, o.container_name) AS container_name,
    c.timestamp IS NULL AS open, coalesce(c.owner, o.owner) AS owner, coalesce(c.older, o.older) AS older
FROM closed c FULL JOIN opened o
    ON c.whose = o.whose AND c.src_port = o.src_port AND c.dst_port = o.dst_port AND o.told_at >= c.not_before AND o.told_at <= c.timestamp;

-- Who moves how much with whom, by workload and peer: connections that have ended, and bytes, those of open connections too. The
-- port is the server's. A CLOSE counts what came since the connection's last FLOW; one of version 0.1, all.
CREATE OR REPLACE VIEW talkers AS
WITH moved AS ( -- by process first: naming a workload takes longer than adding up
    SELECT pod_namespace, pod_name, container_name, process, direction,
        CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END AS peer, dst_port AS port,
        count(*) FILTER (type = 'CLOSE') AS connections, sum(coalesce(delta_sent, bytes_sent)) AS bytes_sent,
        sum(coalesce(delta_received, bytes_received)) AS bytes_received, min(timestamp) AS first, max(timestamp) AS last
    FROM events WHERE type IN ('CLOSE', 'FLOW')
    GROUP BY ALL
)
SELECT workload_of(pod_namespace, pod_name, container_name, process) AS workload, direction, peer, port,
    sum(connections)::BIGINT AS connections, sum(bytes_sent)::HUGEINT AS bytes_sent, sum(bytes_received)::HUGEINT AS bytes_received,
    min(first) AS first, max(last) AS last
FROM moved
GROUP BY ALL;

-- What could not be reached, by whom and why.
CREATE OR REPLACE VIEW failures AS
SELECT workload_of(pod_namespace, pod_name, container_name, process) AS workload, dst_ip, dst_port, result, errno,
    count(*) AS attempts, median(latency_us)::BIGINT AS median_us, min(timestamp) AS first, max(timestamp) AS last
FROM events WHERE type = 'CONNECT' AND result <> 'established'
GROUP BY ALL;

-- What a workload reached on the capture's last day and never on the days before. Every pod of a workload counts.
CREATE OR REPLACE VIEW new_destinations AS
WITH reached AS (
    SELECT pod_namespace, pod_name, container_name, process, dst_ip, dst_port, min(timestamp) AS first_seen, count(*) AS connections
    FROM events WHERE type = 'CONNECT' AND result = 'established'
    GROUP BY ALL
)
SELECT workload_of(pod_namespace, pod_name, container_name, process) AS workload, dst_ip, dst_port,
    min(first_seen) AS first_seen, sum(connections)::BIGINT AS connections, any_value(pod_name ORDER BY first_seen) AS pod_name,
    any_value(process ORDER BY first_seen) AS process
FROM reached
GROUP BY workload, dst_ip, dst_port
HAVING min(first_seen) >= (SELECT max(date) FROM events);

-- Which workload talks to which: a client's CONNECT and the server's ACCEPT of the same connection, on one node or on two.
-- Where nobody listens on the address that was called (a Service's), it was translated on the way: then the client's address
-- and port alone tell. A server may take up to 10 s to accept; 50 ms are for two nodes' clocks.
CREATE OR REPLACE VIEW edges AS
WITH server AS (
    SELECT *, hash(src_ip, src_port) AS caller FROM events WHERE type = 'ACCEPT'
), listening AS (
    SELECT DISTINCT dst_ip FROM events WHERE type = 'ACCEPT'
), client AS (
    SELECT *, hash(src_ip, src_port) AS caller, dst_ip NOT IN (SELECT dst_ip FROM listening) AS is_translated,
        src_ip LIKE '127.%' OR src_ip = '::1' AS is_loopback
    FROM events WHERE type = 'CONNECT' AND result = 'established'
), pairs AS (
    SELECT c.pod_namespace, c.pod_name, c.container_name, c.process, s.pod_namespace AS s_pod_namespace, s.pod_name AS s_pod_name,
        s.container_name AS s_container_name, s.process AS s_process, c.dst_port, c.latency_us, c.timestamp
    FROM client c JOIN server s
        ON c.caller = s.caller AND c.src_port = s.src_port
        AND s.timestamp BETWEEN c.timestamp - INTERVAL 50 MILLISECONDS AND c.timestamp + INTERVAL 10 SECONDS
        AND (c.is_translated OR (c.dst_port = s.dst_port AND c.dst_ip = s.dst_ip))
        AND (NOT c.is_loopback OR (c.netns = s.netns AND c.node = s.node))
)
SELECT workload_of(pod_namespace, pod_name, container_name, process) AS client,
    workload_of(s_pod_namespace, s_pod_name, s_container_name, s_process) AS server,
    dst_port AS port, count(*) AS connections, median(latency_us)::BIGINT AS median_us, min(timestamp) AS first, max(timestamp) AS last
FROM pairs
GROUP BY ALL;

-- How much of each hour is there: events kept, events known to be lost on their way to the files, and the rest of what is
-- known of it (loss has the rows). Losses of the JSON stream alone are none of the capture.
CREATE OR REPLACE VIEW completeness AS
WITH kept AS (
    SELECT node, date, hour, count(*) AS events FROM events GROUP BY ALL
), gaps AS ( -- how much a gap has lost nobody knows; it may be hours long
    SELECT *, unnest(CASE WHEN count IS NULL THEN generate_series(date_trunc('hour', "from"), "to", INTERVAL 1 HOUR) ELSE ["to"] END) AS moment
    FROM loss WHERE stage <> 'json'
), lost AS (
    SELECT node, moment::DATE AS date, hour(moment) AS hour, coalesce(sum(count) FILTER (reason NOT LIKE '%_bytes'), 0)::BIGINT AS lost,
        count(*) FILTER (count IS NULL) AS unknown, string_agg(DISTINCT stage || '.' || reason, ', ' ORDER BY stage || '.' || reason) AS reasons
    FROM gaps GROUP BY ALL
)
SELECT node, date, hour, coalesce(events, 0) AS events, coalesce(lost, 0) AS lost, coalesce(unknown, 0) AS unknown_gaps,
    round(100.0 * coalesce(events, 0) / nullif(coalesce(events, 0) + coalesce(lost, 0), 0), 4) AS percent, coalesce(reasons, '') AS reasons
FROM kept FULL JOIN lost USING (node, date, hour);

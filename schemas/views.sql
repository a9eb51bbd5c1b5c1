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

-- One row for each end of each connection that was established: while it is open from its CONNECT or ACCEPT alone, when it
-- has ended from its CLOSE too. A connection that is older than the capture has its CLOSE alone. opened_at is the moment of
-- establishment; accepted_at, when accept() returned.
CREATE OR REPLACE VIEW connections AS
WITH opened AS (
    SELECT *, timestamp AS told_at FROM events WHERE type = 'ACCEPT' OR (type = 'CONNECT' AND result = 'established')
), closed AS ( -- both times are cut off to microseconds, so that their difference may be one more than the truth
    SELECT *, timestamp - to_microseconds(duration_us) AS opened_at, timestamp - to_microseconds(duration_us + 1) AS not_before
    FROM events WHERE type = 'CLOSE'
)
SELECT coalesce(c.node, o.node) AS node, coalesce(c.direction, o.direction) AS direction,
    coalesce(c.src_ip, o.src_ip) AS src_ip, coalesce(c.src_port, o.src_port) AS src_port,
    coalesce(c.dst_ip, o.dst_ip) AS dst_ip, coalesce(c.dst_port, o.dst_port) AS dst_port,
    coalesce(c.opened_at, o.told_at) AS opened_at, c.timestamp AS closed_at, c.duration_us,
    CASE WHEN o.type = 'ACCEPT' THEN o.told_at END AS accepted_at, o.latency_us,
    c.bytes_sent, c.bytes_received, c.rtt_us, c.retransmits, c.reason,
    coalesce(c.pid, o.pid) AS pid, coalesce(c.process, o.process) AS process, coalesce(c.uid, o.uid) AS uid,
    coalesce(c.netns, o.netns) AS netns, coalesce(c.cgroup_id, o.cgroup_id) AS cgroup_id,
    coalesce(c.container_id, o.container_id) AS container_id, coalesce(c.pod_namespace, o.pod_namespace) AS pod_namespace,
    coalesce(c.pod_name, o.pod_name) AS pod_name, coalesce(c.container_name, o.container_name) AS container_name
FROM closed c FULL JOIN opened o
    ON c.src_port = o.src_port AND c.src_ip = o.src_ip AND c.dst_port = o.dst_port AND c.dst_ip = o.dst_ip
    AND c.direction = o.direction AND c.netns = o.netns AND c.node = o.node
    AND o.told_at >= c.not_before AND o.told_at <= c.timestamp;

-- Who moves how much with whom: connections that have ended, by workload and peer. The port is the server's.
CREATE OR REPLACE VIEW talkers AS
SELECT workload_of(pod_namespace, pod_name, container_name, process) AS workload, direction,
    CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END AS peer, dst_port AS port,
    count(*) AS connections, sum(bytes_sent)::HUGEINT AS bytes_sent, sum(bytes_received)::HUGEINT AS bytes_received,
    min(timestamp) AS first, max(timestamp) AS last
FROM events WHERE type = 'CLOSE'
GROUP BY ALL;

-- What could not be reached, by whom and why.
CREATE OR REPLACE VIEW failures AS
SELECT workload_of(pod_namespace, pod_name, container_name, process) AS workload, dst_ip, dst_port, result, errno,
    count(*) AS attempts, median(latency_us)::BIGINT AS median_us, min(timestamp) AS first, max(timestamp) AS last
FROM events WHERE type = 'CONNECT' AND result <> 'established'
GROUP BY ALL;

-- What a workload reached on the capture's last day and never on the days before. Every pod of a workload counts.
CREATE OR REPLACE VIEW new_destinations AS
SELECT workload_of(pod_namespace, pod_name, container_name, process) AS workload, dst_ip, dst_port,
    min(timestamp) AS first_seen, count(*) AS connections, any_value(pod_name ORDER BY timestamp) AS pod_name, any_value(process ORDER BY timestamp) AS process
FROM events WHERE type = 'CONNECT' AND result = 'established'
GROUP BY ALL
HAVING min(timestamp) >= (SELECT max(date) FROM events);

-- Which workload talks to which: a client's CONNECT and the server's ACCEPT of the same connection, on one node or on two.
-- Where nobody listens on the address that was called (a Service's), it was translated on the way: then the client's address
-- and port alone tell. A server may take up to 10 s to accept; 50 ms are for two nodes' clocks.
CREATE OR REPLACE VIEW edges AS
WITH server AS (
    SELECT * FROM events WHERE type = 'ACCEPT'
), client AS (
    SELECT *, dst_ip NOT IN (SELECT dst_ip FROM server) AS is_translated, src_ip LIKE '127.%' OR src_ip = '::1' AS is_loopback
    FROM events WHERE type = 'CONNECT' AND result = 'established'
)
SELECT workload_of(c.pod_namespace, c.pod_name, c.container_name, c.process) AS client,
    workload_of(s.pod_namespace, s.pod_name, s.container_name, s.process) AS server,
    c.dst_port AS port, count(*) AS connections, median(c.latency_us)::BIGINT AS median_us, min(c.timestamp) AS first, max(c.timestamp) AS last
FROM client c JOIN server s
    ON c.src_port = s.src_port AND c.src_ip = s.src_ip
    AND s.timestamp BETWEEN c.timestamp - INTERVAL 50 MILLISECONDS AND c.timestamp + INTERVAL 10 SECONDS
    AND (c.is_translated OR (c.dst_port = s.dst_port AND c.dst_ip = s.dst_ip))
    AND (NOT c.is_loopback OR (c.netns = s.netns AND c.node = s.node))
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

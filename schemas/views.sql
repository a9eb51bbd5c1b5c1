-- Views of a capture for DuckDB (1.3 or newer); times are UTC. docs/query.md has questions and answers.
--
-- The views need seven relations and a variable. netmon query creates them for what a question needs, capture.sql for stock
-- DuckDB:
--   events       one row per event, with date and hour                  (parquet.md)
--   rollups      the rows of the roll-up files, with date and hour      (parquet.md)
--   unrolled     the events that are not in a roll-up yet
--   kept         node, date, hour, events: the number of events
--   ownership    owners of addresses by hour, with date and hour        (owners.md)
--   holding      ownership, limited to the hours of events and roll-ups
--   loss         losses                                                 (loss.md)
--   capture_end  variable: the time of the capture's last event
-- Only statements end in a semicolon at the end of a line: netmon query creates those that a question names.

-- The time of the question, as a TIMESTAMP in UTC like all columns. DuckDB's now() has a time zone, and conditions with it are
-- not used to skip row groups.
CREATE OR REPLACE MACRO now() AS get_current_timestamp() AT TIME ZONE 'UTC';

-- A name that stays the same when pods are replaced: a pod's name without the suffix that its controller appends for each replica
-- (Deployment, ReplicaSet, DaemonSet, StatefulSet); outside Kubernetes the container's name; for a process of the node, or of a
-- container without a name, the process.
CREATE OR REPLACE MACRO workload_of(pod_namespace, pod_name, container_name, process) AS CASE
    WHEN pod_name <> '' THEN pod_namespace || '/' || regexp_replace(pod_name, '((-[bcdfghjklmnpqrstvwxz2456789]{6,10})?-[bcdfghjklmnpqrstvwxz2456789]{5}|-[0-9]+)$', '')
    WHEN container_name <> '' THEN 'container/' || container_name
    WHEN pod_name IS NULL THEN 'node/' || process
    ELSE 'unnamed/' || process
END;

-- The workload of a row's owner: from its labels or its systemd unit when the event was stored; otherwise, as for rows of version
-- 0.1, guessed from its names.
CREATE OR REPLACE MACRO workload_name(workload, pod_namespace, pod_name, container_name, process) AS
    coalesce(workload, workload_of(pod_namespace, pod_name, container_name, process));

-- A pod's label among those that --pod-labels selected when the event was stored: pod_label(pod_labels, 'team'); NULL if missing.
CREATE OR REPLACE MACRO pod_label(pod_labels, label) AS
    CASE WHEN pod_labels IS NOT NULL THEN json_extract_string(pod_labels, '$."' || label || '"') END;

-- An address as 32 or 128 binary digits.
CREATE OR REPLACE MACRO address_bits(address) AS CASE
    WHEN contains(address, ':') THEN array_to_string(list_transform(
        list_concat(
            list_filter(string_split(split_part(address, '::', 1), ':'), lambda part: part <> ''),
            list_transform(range(CASE WHEN contains(address, '::') THEN 8 - len(list_filter(string_split(address, ':'), lambda part: part <> '')) ELSE 0 END), lambda gap: '0'),
            list_filter(string_split(split_part(address, '::', 2), ':'), lambda part: part <> '')),
        lambda part: lpad(bin(('0x' || part)::INTEGER), 16, '0')), '')
    ELSE array_to_string(list_transform(string_split(address, '.'), lambda part: lpad(bin(part::INTEGER), 8, '0')), '')
END;

-- Whether an address is in a network: in_net(dst_ip, '10.0.0.0/8'), in_net(dst_ip, 'fd00::/8'). False for the other family.
CREATE OR REPLACE MACRO in_net(address, cidr) AS
    contains(address, ':') = contains(cidr, ':')
    AND left(address_bits(address), split_part(cidr || '/128', '/', 2)::INTEGER) = left(address_bits(split_part(cidr, '/', 1)), split_part(cidr || '/128', '/', 2)::INTEGER);

-- Whether an address is not routed on the Internet: private, shared (100.64.0.0/10), loopback, link-local, unique local.
CREATE OR REPLACE MACRO is_private(address) AS
    regexp_matches(address, '^(10\.|127\.|192\.168\.|169\.254\.|172\.(1[6-9]|2[0-9]|3[01])\.|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|::1$|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)');

-- The class of a latency in microseconds: exact below 16, then eight classes per power of two (rollups, column latency).
CREATE OR REPLACE MACRO latency_bucket(us) AS
    CASE WHEN us < 8 THEN us ELSE 8 * (floor(log2(us))::BIGINT - 2) + ((us >> (floor(log2(us))::BIGINT - 3)) & 7) END;

-- The middle of a class.
CREATE OR REPLACE MACRO latency_of_bucket(bucket) AS
    CASE WHEN bucket < 16 THEN bucket ELSE ((8 + bucket % 8) << (bucket // 8 - 1)) + (1 << (bucket // 8 - 2)) END;

-- The classes of a histogram, in order.
CREATE OR REPLACE MACRO latency_classes(histogram) AS
    list_sort(list_transform(string_split(histogram, ' '), lambda class: {b: split_part(class, ':', 1)::DOUBLE, n: split_part(class, ':', 2)::DOUBLE}));

-- A quantile of latencies in microseconds, to 6 %: latency_quantile(string_agg(latency, ' '), 0.99) over rows of hourly. Subtracts
-- class after class until the rest is in one.
CREATE OR REPLACE MACRO latency_quantile(histogram, q) AS CASE WHEN histogram IS NOT NULL THEN latency_of_bucket(list_reduce(
    list_prepend({b: -1::DOUBLE, n: q * list_sum(list_transform(latency_classes(histogram), lambda class: class.n))}, latency_classes(histogram)),
    lambda done, class: CASE WHEN done.b >= 0 THEN done WHEN class.n >= done.n THEN {b: class.b, n: 0::DOUBLE} ELSE {b: -1::DOUBLE, n: done.n - class.n} END).b::BIGINT) END;

-- The histogram of a group of rows of tallies.
CREATE OR REPLACE MACRO latency_histogram(latency, latency_us) AS nullif(concat_ws(' ', string_agg(latency, ' '),
    array_to_string(list_transform(map_entries(histogram(latency_bucket(latency_us))), lambda class: class.key || ':' || class.value), ' ')), '');

-- The rows of roll-ups, and rows of the same form for each event that is not in one: to be summed up by any key. peer is the
-- address of the other side, port the server's.
CREATE OR REPLACE VIEW tallies AS
SELECT date, hour, node, direction, process, container_id, pod_namespace, pod_name, container_name, workload, workload_kind, peer, port, result, errno,
    attempts, accepts, closed, bytes_sent, bytes_received, retransmits, latency, NULL::BIGINT AS latency_us, first, last
FROM rollups
UNION ALL
SELECT date, hour, node, 'outbound', process, container_id, pod_namespace, pod_name, container_name, workload, workload_kind, dst_ip, dst_port, result, errno,
    1, 0, 0, 0, 0, 0, NULL, latency_us, timestamp, timestamp
FROM unrolled WHERE type = 'CONNECT'
UNION ALL
SELECT date, hour, node, 'inbound', process, container_id, pod_namespace, pod_name, container_name, workload, workload_kind, src_ip, dst_port, NULL, NULL,
    0, 1, 0, 0, 0, 0, NULL, NULL, timestamp, timestamp
FROM unrolled WHERE type = 'ACCEPT'
UNION ALL
SELECT date, hour, node, direction, process, container_id, pod_namespace, pod_name, container_name, workload, workload_kind,
    CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END, dst_port, CASE direction WHEN 'outbound' THEN 'established' END, NULL,
    0, 0, CASE type WHEN 'CLOSE' THEN 1 ELSE 0 END, coalesce(delta_sent, bytes_sent, 0), coalesce(delta_received, bytes_received, 0),
    CASE type WHEN 'CLOSE' THEN retransmits ELSE 0 END, NULL, NULL, timestamp, timestamp
FROM unrolled WHERE type IN ('CLOSE', 'FLOW');

-- Owners of addresses with time ranges: one row per address of a pod, of a container outside Kubernetes, or of a node (with
-- host_network; pods on the host network share it). If to_time is NULL, the owner is current.
CREATE OR REPLACE VIEW owners AS
SELECT address, node, pod_name, pod_namespace, any_value(workload) AS workload, any_value(workload_kind) AS workload_kind,
    coalesce(host_network, false) AS host_network, from_time, min(to_time) AS to_time, pod_uid
FROM ownership
GROUP BY address, node, pod_name, pod_namespace, pod_uid, coalesce(host_network, false), from_time;

-- Owners by hour, with at most one certain owner of an address at a time. On one node, the next owner has the address from the end
-- of the previous one, or, if that is unknown, ends it. While several nodes claim an address, it has no owner.
-- names combines all names: if a question uses none, no plan reads the column workload of holding, which netmon query checks.
CREATE OR REPLACE VIEW holders AS
WITH ranges AS (
    SELECT address, date, hour, node, pod_name, pod_namespace, pod_uid, any_value(workload) AS workload, from_time, min(to_time) AS to_time
    FROM holding
    GROUP BY address, date, hour, node, pod_name, pod_namespace, pod_uid, from_time
), claimed AS (
    SELECT *, min(node) OVER (PARTITION BY address, date, hour) <> max(node) OVER (PARTITION BY address, date, hour) AS shared FROM ranges
), ordered AS (
    SELECT *, lead(from_time) OVER (PARTITION BY address, date, hour ORDER BY from_time, to_time) AS next_from,
        max(CASE WHEN shared THEN coalesce(to_time, 'infinity') ELSE to_time END)
            OVER (PARTITION BY address, date, hour ORDER BY from_time, to_time ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS free_at
    FROM claimed
)
SELECT * FROM (
    SELECT address, date, hour, greatest(from_time, free_at) AS held_from,
        CASE WHEN shared THEN least(coalesce(to_time, 'infinity'), coalesce(next_from, 'infinity')) ELSE coalesce(to_time, next_from, 'infinity') END AS held_until,
        hash(node, pod_namespace, pod_name, pod_uid) AS holder, CASE WHEN pod_name <> '' AND pod_namespace IS NULL THEN node END AS only_from,
        node, pod_name, pod_namespace, workload, {node: node, namespace: pod_namespace, pod: pod_name, workload: workload} AS names
    FROM ordered
) WHERE held_from < held_until;

-- tallies with the owner of the peer's address, if it had the address during the whole time of the row. The address of a container
-- outside Kubernetes is only valid on its own node.
CREATE OR REPLACE VIEW named_tallies AS
SELECT * EXCLUDE (only_from) REPLACE (CASE WHEN only_from IS NULL OR only_from = node THEN holder END AS holder,
    CASE WHEN only_from IS NULL OR only_from = node THEN names END AS names)
FROM (
    SELECT t.*, holder, only_from, h.names
    FROM tallies t LEFT JOIN holders h ON t.peer = h.address AND t.date = h.date AND t.hour = h.hour AND t.first >= h.held_from AND t.last < h.held_until
);

-- Sums by hour of who reached whom, one row per key; latency is a histogram (latency_quantile).
CREATE OR REPLACE VIEW hourly AS
SELECT date, hour, node, direction, process, container_id, pod_namespace, pod_name, container_name, workload, workload_kind, peer, port, result, errno,
    sum(attempts)::BIGINT AS attempts, sum(accepts)::BIGINT AS accepts, sum(closed)::BIGINT AS closed,
    sum(bytes_sent)::BIGINT AS bytes_sent, sum(bytes_received)::BIGINT AS bytes_received, sum(retransmits)::BIGINT AS retransmits,
    latency_histogram(latency, latency_us) AS latency, min(first) AS first, max(last) AS last
FROM tallies
GROUP BY ALL;

-- Some views need rows that the filters of netmon query (--pod, --since …) leave out: the other ends of connections, their starts
-- and ends. With filters it replaces these three: selected is whether the filters select a row. Their times apply to whole hours in
-- open_events and all_rollups, and exactly in both_ends. Without filters everything is selected.
CREATE OR REPLACE VIEW open_events AS SELECT *, true AS selected FROM events;

CREATE OR REPLACE VIEW both_ends AS SELECT *, true AS selected FROM events;

CREATE OR REPLACE VIEW all_rollups AS FROM rollups;

-- Connections that were open after their last report: their last FLOW, with the bytes so far, or, before the first FLOW, the
-- CONNECT or ACCEPT. since is the start of an hour, or NULL for the whole capture. Ids are unique on a node until it reboots; times
-- tell boots apart. Times are truncated to microseconds, so that a difference may be one too large.
--
-- Almost all connections have ended, and a join of all starts with all ends would find that out one by one. So both are counted
-- first, in blocks of 256 ids: if as many have started as ended, and a hash over ids and ports is the same, all have ended.
-- (Except if a CLOSE without a start has the id and the port that a connection without CLOSE had in another boot.)
-- Only the other blocks are compared by id. unnest(list()) makes DuckDB aware that these are few, so that its hash tables contain
-- them; the lowest id lets it skip older row groups.
-- The question's conditions on process, pid, container or pod would otherwise be applied last: netmon query defines of_question from
-- them and from its filters. It finds these conditions at the scans of the answer's rows, which it recognises by their condition on
-- protocol, a column that no view of connections has.
CREATE OR REPLACE MACRO of_question(process, pid, container_id, pod_name, pod_namespace, container_name, workload) AS true;

CREATE OR REPLACE MACRO open_ends(since) AS TABLE
WITH begun AS NOT MATERIALIZED (
    SELECT node, connection_id, timestamp FROM open_events
    WHERE type = 'ACCEPT' AND connection_id IS NOT NULL AND of_question(process, pid, container_id, pod_name, pod_namespace, container_name, workload) AND (since IS NULL OR date + to_hours(hour) >= since)
    UNION ALL
    SELECT node, connection_id, timestamp FROM open_events
    WHERE result = 'established' AND connection_id IS NOT NULL AND of_question(process, pid, container_id, pod_name, pod_namespace, container_name, workload) AND (since IS NULL OR date + to_hours(hour) >= since)
), ended AS NOT MATERIALIZED (
    SELECT node, connection_id, timestamp, CASE WHEN older THEN TIMESTAMP '1970-01-01' ELSE timestamp - to_microseconds(duration_us + 1) END AS not_before
    FROM open_events WHERE type = 'CLOSE' AND connection_id IS NOT NULL AND (since IS NULL OR date + to_hours(hour) >= since)
), uneven AS MATERIALIZED (
    SELECT unnest(list({node: node, block: block}), recursive := true) FROM (
        SELECT node, connection_id >> 8 AS block, count(*) - 2 * count(*) FILTER (type = 'CLOSE') AS open, bit_xor(hash(xor(connection_id, src_port::BIGINT << 44))) AS ids
        FROM open_events WHERE type <> 'FLOW' AND coalesce(result, 'established') = 'established' AND older IS NULL AND connection_id IS NOT NULL
            AND of_question(process, pid, container_id, pod_name, pod_namespace, container_name, workload) AND (since IS NULL OR date + to_hours(hour) >= since)
        GROUP BY ALL
        HAVING open <> 0 OR ids <> 0
    )
), latest AS MATERIALIZED (
    SELECT unnest(list({node: node, connection_id: connection_id, timestamp: timestamp, not_before: not_before}), recursive := true) FROM (
        SELECT node, connection_id, max(timestamp) AS timestamp, arg_max(not_before, timestamp) AS not_before FROM (
            SELECT node, connection_id, timestamp, CASE WHEN older THEN TIMESTAMP '1970-01-01' ELSE timestamp - to_microseconds(duration_us + 1) END AS not_before
            FROM open_events WHERE type = 'FLOW' AND connection_id IS NOT NULL AND (since IS NULL OR date + to_hours(hour) >= since)
        ) GROUP BY ALL
    )
), closed AS (
    SELECT node, connection_id, timestamp, not_before FROM ended e SEMI JOIN uneven u ON e.node = u.node AND e.connection_id >> 8 = u.block
    WHERE connection_id >= (SELECT min(block) << 8 FROM uneven)
    UNION ALL
    SELECT node, connection_id, timestamp, not_before FROM ended e SEMI JOIN latest l ON e.node = l.node AND e.connection_id = l.connection_id
), flowing AS (
    SELECT l.* FROM latest l ANTI JOIN closed e
        ON l.node = e.node AND l.connection_id = e.connection_id AND l.timestamp >= e.not_before AND l.timestamp <= e.timestamp
), silent AS (
    SELECT o.* FROM (
        SELECT * FROM begun b SEMI JOIN uneven u ON b.node = u.node AND b.connection_id >> 8 = u.block WHERE connection_id >= (SELECT min(block) << 8 FROM uneven)
    ) o ANTI JOIN (
        SELECT node, connection_id, timestamp, not_before FROM closed UNION ALL SELECT node, connection_id, timestamp, not_before FROM flowing
    ) r ON o.node = r.node AND o.connection_id = r.connection_id AND o.timestamp >= r.not_before AND o.timestamp <= r.timestamp
), rows AS (
    SELECT e.* FROM open_events e SEMI JOIN flowing o ON e.connection_id = o.connection_id AND e.timestamp = o.timestamp AND e.node = o.node
    WHERE e.type = 'FLOW' AND e.protocol IS NOT NULL AND (since IS NULL OR e.timestamp >= since)
    UNION ALL
    SELECT e.* FROM open_events e SEMI JOIN silent o ON e.connection_id = o.connection_id AND e.timestamp = o.timestamp AND e.node = o.node
    WHERE e.type = 'ACCEPT' AND e.protocol IS NOT NULL AND (since IS NULL OR e.timestamp >= since)
    UNION ALL
    SELECT e.* FROM open_events e SEMI JOIN silent o ON e.connection_id = o.connection_id AND e.timestamp = o.timestamp AND e.node = o.node
    WHERE e.result = 'established' AND e.protocol IS NOT NULL AND (since IS NULL OR e.timestamp >= since)
)
SELECT node, direction, src_ip, src_port, dst_ip, dst_port,
    CASE type WHEN 'FLOW' THEN timestamp - to_microseconds(duration_us) WHEN 'ACCEPT' THEN timestamp - to_microseconds(coalesce(latency_us, 0)) ELSE timestamp END AS opened_at, duration_us,
    CASE WHEN type = 'ACCEPT' THEN timestamp WHEN direction = 'inbound' AND older IS NULL THEN timestamp - to_microseconds(duration_us) + to_microseconds(latency_us) END AS accepted_at, latency_us,
    bytes_sent, bytes_received, rtt_us, retransmits, pid, process, uid, netns, cgroup_id, container_id, pod_namespace, pod_name, container_name, workload, workload_kind,
    connection_id, owner, older, dialed_ip, dialed_port, peer_pod_namespace, peer_pod_name, peer_workload, peer_service, peer_node, peer_zone, timestamp AS reported_at, selected
FROM rows;

-- One row per end of each established connection; one that has ended is its CLOSE. opened_at is the time of establishment (for a
-- connection older than the agent, the agent's start); accepted_at is when accept() returned. Rows of version 0.1 have no id, and
-- their CLOSE has no latency: these are joined by a hash of addresses, network namespace and node, and by both ports, which together
-- have more than 64 bits.
CREATE OR REPLACE VIEW all_connections AS
SELECT node, direction, src_ip, src_port, dst_ip, dst_port,
    timestamp - to_microseconds(duration_us) AS opened_at, timestamp AS closed_at, duration_us,
    CASE WHEN direction = 'inbound' AND older IS NULL THEN timestamp - to_microseconds(duration_us) + to_microseconds(latency_us) END AS accepted_at, latency_us,
    bytes_sent, bytes_received, rtt_us, retransmits, reason, pid, process, uid, netns, cgroup_id, container_id, pod_namespace, pod_name, container_name, workload, workload_kind,
    false AS open, connection_id, owner, older, dialed_ip, dialed_port, peer_pod_namespace, peer_pod_name, peer_workload, peer_service, peer_node, peer_zone, timestamp AS reported_at
FROM events WHERE type = 'CLOSE' AND connection_id IS NOT NULL
UNION ALL BY NAME
SELECT * EXCLUDE (selected), true AS open FROM open_ends(NULL::TIMESTAMP) WHERE selected
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
    coalesce(c.workload, o.workload) AS workload, coalesce(c.workload_kind, o.workload_kind) AS workload_kind,
    c.timestamp IS NULL AS open, coalesce(c.owner, o.owner) AS owner, coalesce(c.older, o.older) AS older, coalesce(c.timestamp, o.told_at) AS reported_at
FROM (
    SELECT *, hash(src_ip, dst_ip, src_port, dst_port, direction, netns, node) AS whose,
        timestamp - to_microseconds(duration_us) AS opened_at, timestamp - to_microseconds(duration_us + 1) AS not_before
    FROM events WHERE connection_id IS NULL AND type = 'CLOSE'
) c FULL JOIN (
    SELECT *, hash(src_ip, dst_ip, src_port, dst_port, direction, netns, node) AS whose, timestamp AS told_at
    FROM events WHERE connection_id IS NULL AND (type = 'ACCEPT' OR (type = 'CONNECT' AND result = 'established'))
) o ON c.whose = o.whose AND c.src_port = o.src_port AND c.dst_port = o.dst_port AND o.told_at >= c.not_before AND o.told_at <= c.timestamp;

-- Connections with the owner of the other side's address when they began. If a question uses no name by owner, netmon query creates
-- it without the join, which reads addresses and times of every row.
CREATE OR REPLACE VIEW held_connections AS
SELECT c.*, CASE WHEN only_from IS NULL OR only_from = c.node THEN names END AS holder
FROM all_connections c LEFT JOIN holders h ON CASE c.direction WHEN 'outbound' THEN c.dst_ip ELSE c.src_ip END = h.address
    AND c.reported_at::DATE = h.date AND hour(c.reported_at) = h.hour AND c.opened_at >= h.held_from AND c.opened_at < h.held_until;

-- peer_* is what the agent knew about the other side; if it knew nothing, the owner of its address when the connection began.
CREATE OR REPLACE VIEW connections AS
SELECT * EXCLUDE (reported_at, peer_pod_namespace, peer_pod_name, peer_workload, peer_node, holder),
    coalesce(peer_pod_namespace, holder.namespace) AS peer_pod_namespace, coalesce(peer_pod_name, holder.pod) AS peer_pod_name,
    coalesce(peer_workload, holder.workload) AS peer_workload, coalesce(peer_node, holder.node) AS peer_node
FROM held_connections;

-- The connections that are open at the end of the capture, from the reports in its last hour: an open connection has a FLOW at the
-- start of each hour. Connections that the agent has not reported for an hour, because it was stopped, are missing.
CREATE OR REPLACE VIEW open_now AS
SELECT * EXCLUDE (accepted_at, reported_at, selected, peer_pod_namespace, peer_pod_name, peer_workload, peer_node, holder), reported_at,
    coalesce(peer_pod_namespace, holder.namespace) AS peer_pod_namespace, coalesce(peer_pod_name, holder.pod) AS peer_pod_name,
    coalesce(peer_workload, holder.workload) AS peer_workload, coalesce(peer_node, holder.node) AS peer_node
FROM (
    SELECT c.*, CASE WHEN only_from IS NULL OR only_from = c.node THEN names END AS holder
    FROM open_ends(date_trunc('hour', getvariable('capture_end') - INTERVAL 2 MINUTES)) c LEFT JOIN holders h ON CASE c.direction WHEN 'outbound' THEN c.dst_ip ELSE c.src_ip END = h.address
        AND c.reported_at::DATE = h.date AND hour(c.reported_at) = h.hour AND c.opened_at >= h.held_from AND c.opened_at < h.held_until
) WHERE selected;

-- Traffic by client and server: ended connections, and bytes including those of open connections. The port is the server's.
-- One row per pod and process; workload combines replicas. peer_* is the owner of the peer's address at that time; NULL: unknown.
CREATE OR REPLACE VIEW talkers AS
SELECT workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload, direction, peer, port, * EXCLUDE (workload, direction, peer, port, holder, names), names.workload AS peer_workload, names.namespace AS peer_pod_namespace, names.pod AS peer_pod_name, names.node AS peer_node FROM (
    SELECT direction, peer, port, sum(closed)::BIGINT AS connections, sum(bytes_sent)::BIGINT AS bytes_sent, sum(bytes_received)::BIGINT AS bytes_received,
        sum(retransmits)::BIGINT AS retransmits, min(first) AS first, max(last) AS last, node, pod_namespace, pod_name, container_name, process, workload,
        holder, any_value(names) AS names
    FROM named_tallies WHERE closed > 0 OR bytes_sent > 0 OR bytes_received > 0
    GROUP BY ALL
);

-- Failed connection attempts: by whom, to where, and why. median_us is exact to 6 %.
CREATE OR REPLACE VIEW failures AS
SELECT workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload, dst_ip, dst_port, result, errno, attempts,
    latency_quantile(latencies, 0.5) AS median_us, first, last, node, pod_namespace, pod_name, container_name, process,
    names.workload AS peer_workload, names.namespace AS peer_pod_namespace, names.pod AS peer_pod_name, names.node AS peer_node
FROM (
    SELECT node, pod_namespace, pod_name, container_name, process, workload, peer AS dst_ip, port AS dst_port, result, errno,
        sum(attempts)::BIGINT AS attempts, latency_histogram(latency, latency_us) AS latencies, min(first) AS first, max(last) AS last, holder, any_value(names) AS names
    FROM named_tallies WHERE attempts > 0 AND result <> 'established'
    GROUP BY ALL
);

-- Destinations that a workload can no longer reach: the failures since its last success. Sums of an hour with a success do not show
-- which failures came later: then since is the last success, and these failures count as one.
CREATE OR REPLACE VIEW failing_since AS
WITH tries AS (
    SELECT workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload, node, pod_namespace, peer AS dst_ip, port AS dst_port, result, attempts, first, last
    FROM tallies WHERE attempts > 0
), reached AS (
    SELECT workload, dst_ip, dst_port, max(last) AS last_success FROM tries WHERE result = 'established' GROUP BY ALL
)
SELECT workload, dst_ip, dst_port, greatest(min(first), any_value(last_success)) AS since, any_value(last_success) AS last_success, max(last) AS last_failure,
    sum(CASE WHEN first <= last_success THEN 1 ELSE attempts END)::BIGINT AS at_least, string_agg(DISTINCT result, ', ' ORDER BY result) AS results, string_agg(DISTINCT node, ', ' ORDER BY node) AS nodes, any_value(pod_namespace) AS pod_namespace
FROM tries LEFT JOIN reached USING (workload, dst_ip, dst_port)
WHERE result <> 'established' AND (last_success IS NULL OR last > last_success)
GROUP BY workload, dst_ip, dst_port;

-- Destinations that a workload reached on the capture's last day (or since the variable new_since) and never before, including
-- roll-ups. All pods of a workload count.
-- known_since is when the workload first reached anything: if that is the same day, all of its destinations are new.
CREATE OR REPLACE VIEW new_destinations AS
WITH reached AS (
    SELECT node, pod_namespace, pod_name, container_name, process, workload, peer, port, min(first) AS first_seen, sum(attempts) AS connections, holder, any_value(names) AS names
    FROM named_tallies WHERE attempts > 0 AND result = 'established'
    GROUP BY ALL
), named AS (
    SELECT * REPLACE (workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload) FROM reached
), known AS (
    SELECT workload, min(first_seen) AS known_since FROM named GROUP BY ALL
)
SELECT workload, peer AS dst_ip, port AS dst_port, min(first_seen) AS first_seen, sum(connections)::BIGINT AS connections, any_value(known_since) AS known_since,
    arg_min(node, first_seen) AS node, any_value(pod_namespace) AS pod_namespace, arg_min(pod_name, first_seen) AS pod_name,
    arg_min(container_name, first_seen) AS container_name, arg_min(process, first_seen) AS process,
    arg_min({names: names}, first_seen).names.workload AS peer_workload, arg_min({names: names}, first_seen).names.pod AS peer_pod_name
FROM named JOIN known USING (workload)
GROUP BY workload, peer, port
HAVING min(first_seen) >= coalesce(getvariable('new_since')::TIMESTAMP, date_trunc('day', getvariable('capture_end')));

-- Bytes by minute: bytes since a connection's last FLOW count in the minute of the report; a CLOSE of version 0.1 contains all.
CREATE OR REPLACE VIEW bytes_by_minute AS
SELECT make_timestamp(minute * 60000000) AS minute, workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload, bytes_sent, bytes_received, node, pod_namespace, pod_name, container_name, process
FROM (
    SELECT epoch_us(timestamp) // 60000000 AS minute, node, pod_namespace, pod_name, container_name, process, workload, sum(sent)::BIGINT AS bytes_sent, sum(received)::BIGINT AS bytes_received
    FROM (
        SELECT timestamp, node, pod_namespace, pod_name, container_name, process, workload, delta_sent AS sent, delta_received AS received FROM events WHERE type IN ('CLOSE', 'FLOW') AND connection_id IS NOT NULL
        UNION ALL
        SELECT timestamp, node, pod_namespace, pod_name, container_name, process, workload, bytes_sent, bytes_received FROM events WHERE type = 'CLOSE' AND connection_id IS NULL
    )
    GROUP BY ALL
);

-- Clients of this node's servers: a client's address and a server's port.
CREATE OR REPLACE VIEW top_clients AS
SELECT client, port, workload_name(workload, pod_namespace, pod_name, container_name, process) AS server, * EXCLUDE (client, port, workload, holder, names),
    names.workload AS client_workload, names.namespace AS client_pod_namespace, names.pod AS client_pod_name, names.node AS client_node FROM (
    SELECT peer AS client, port, sum(accepts)::BIGINT AS accepted, sum(closed)::BIGINT AS closed, sum(bytes_sent)::BIGINT AS bytes_sent, sum(bytes_received)::BIGINT AS bytes_received,
        min(first) AS first, max(last) AS last, node, pod_namespace, pod_name, container_name, process, workload, holder, any_value(names) AS names
    FROM named_tallies WHERE direction = 'inbound'
    GROUP BY ALL
);

-- Bytes between zones, as seen from one end, for connections whose peer's zone is known (--kubernetes-api). A node's own zone is
-- derived from events in which it is the peer. A connection within the capture has two ends, so select one direction.
CREATE OR REPLACE VIEW zone_bytes AS
WITH zones AS (
    SELECT peer_node AS node, any_value(peer_zone) AS zone FROM both_ends WHERE peer_zone IS NOT NULL AND peer_node IS NOT NULL GROUP BY ALL
)
SELECT zone, peer_zone, direction, zone <> peer_zone AS crosses, sum(bytes_sent)::BIGINT AS bytes_sent, sum(bytes_received)::BIGINT AS bytes_received, node, peer_node, pod_namespace, pod_name, container_name, process
FROM (
    SELECT node, direction, peer_node, peer_zone, pod_namespace, pod_name, container_name, process,
        sum(coalesce(delta_sent, bytes_sent)) AS bytes_sent, sum(coalesce(delta_received, bytes_received)) AS bytes_received
    FROM events WHERE type IN ('CLOSE', 'FLOW') AND peer_zone IS NOT NULL
    GROUP BY ALL
) LEFT JOIN zones USING (node)
GROUP BY ALL;

-- Processes that try 20 or more ports of an address in an hour, or one port of 20 or more addresses, and mostly fail.
CREATE OR REPLACE VIEW scans AS
WITH tried AS (
    SELECT date, hour, node, pod_namespace, pod_name, container_name, process, workload, peer, port,
        sum(attempts) AS attempts, coalesce(sum(attempts) FILTER (result <> 'established'), 0) AS failed, min(first) AS first, max(last) AS last
    FROM tallies WHERE attempts > 0
    GROUP BY ALL
)
SELECT workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload, * EXCLUDE (workload) FROM (
    SELECT 'ports' AS kind, peer AS target, count(*) AS different, sum(attempts)::BIGINT AS attempts, sum(failed)::BIGINT AS failed,
        min(first) AS first, max(last) AS last, node, pod_namespace, pod_name, container_name, process, workload
    FROM tried GROUP BY date, hour, node, pod_namespace, pod_name, container_name, process, workload, peer
    UNION ALL
    SELECT 'addresses', port::VARCHAR, count(*), sum(attempts)::BIGINT, sum(failed)::BIGINT,
        min(first), max(last), node, pod_namespace, pod_name, container_name, process, workload
    FROM tried GROUP BY date, hour, node, pod_namespace, pod_name, container_name, process, workload, port
)
WHERE different >= 20 AND failed * 2 > attempts;

-- Processes that connect to the same destination at regular intervals: at least ten times, at least five seconds apart, with
-- intervals that vary by less than a tenth of their mean.
CREATE OR REPLACE VIEW beacons AS
WITH rare AS ( -- 720 per hour: one every five seconds
    SELECT DISTINCT node, process, peer, port FROM (
        SELECT date, hour, node, process, peer, port FROM tallies WHERE attempts > 0 GROUP BY ALL HAVING sum(attempts) <= 720
    )
), calls AS (
    SELECT node, pod_namespace, pod_name, container_name, process, workload, dst_ip, dst_port, timestamp,
        epoch_us(timestamp) - lag(epoch_us(timestamp)) OVER (PARTITION BY node, container_id, process, dst_ip, dst_port ORDER BY timestamp) AS apart
    FROM events e SEMI JOIN rare r ON e.node = r.node AND e.process = r.process AND e.dst_ip = r.peer AND e.dst_port = r.port
    WHERE type = 'CONNECT'
)
SELECT workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload, dst_ip, dst_port, count(*) AS attempts,
    round(avg(apart) / 1e6, 1) AS every_s, round(stddev_pop(apart) / 1e6, 2) AS jitter_s, min(timestamp) AS first, max(timestamp) AS last,
    node, pod_namespace, pod_name, container_name, process
FROM calls
GROUP BY node, pod_namespace, pod_name, container_name, process, calls.workload, dst_ip, dst_port
HAVING count(*) >= 10 AND avg(apart) >= 5e6 AND stddev_pop(apart) < avg(apart) / 10;

-- Both ends of the same connection, on one node or on two: with the same client address and port and the same server address and
-- port, established at the same time; and, if both have closed in order, each received what the other sent. If nobody listens on
-- the address that was called (a Service's), it was translated on the way: then only the client's address and port are compared.
-- Clocks of nodes may differ by 5 s; on one node the handshake may take one second. The ends are those of connections that have
-- ended, those of open ones, and for version 0.1 their starts, with the server's at accept(), up to 10 s later.
--
-- A row combines several connections of the same client and server. Ended connections are first summed up by both addresses and the
-- server's port: if both sides count as many, over the same client ports and the same time, and one process serves them all
-- (settled), each end has its counterpart. Only the rest is compared end by end.
CREATE OR REPLACE VIEW pairs AS
WITH callers AS MATERIALIZED (
    SELECT unnest(list(DISTINCT src_ip)) AS src_ip FROM both_ends WHERE direction = 'outbound'
), listening AS MATERIALIZED (
    SELECT unnest(list(DISTINCT dst_ip)) AS dst_ip FROM both_ends WHERE direction = 'inbound'
), open AS MATERIALIZED (
    FROM open_ends(NULL::TIMESTAMP)
), servers AS MATERIALIZED (
    SELECT src_ip, dst_ip, dst_port, node, pod_namespace, pod_name, container_name, process, workload, selected, count(*) AS n, sum((hash(src_port) >> 33)::INTEGER) AS ports,
        min(epoch_us(timestamp) - duration_us) AS first, max(epoch_us(timestamp) - duration_us) AS last
    FROM both_ends WHERE type = 'CLOSE' AND connection_id IS NOT NULL AND direction = 'inbound' AND src_ip IN (FROM callers)
    GROUP BY ALL
), clients AS MATERIALIZED (
    SELECT src_ip, dst_ip, dst_port, node, pod_namespace, pod_name, container_name, process, workload, selected, count(*) AS n, sum((hash(src_port) >> 33)::INTEGER) AS ports,
        min(epoch_us(timestamp) - duration_us) AS first, max(epoch_us(timestamp) - duration_us) AS last, max(timestamp) AS last_closed,
        list(latency_us) AS latencies, sum(bytes_sent)::BIGINT AS bytes_sent, sum(bytes_received)::BIGINT AS bytes_received
    FROM both_ends WHERE type = 'CLOSE' AND connection_id IS NOT NULL AND direction = 'outbound' AND dst_ip IN (FROM listening)
    GROUP BY ALL
), settled AS MATERIALIZED (
    SELECT s.* FROM (
        FROM servers QUALIFY count(*) OVER (PARTITION BY src_ip, dst_ip, dst_port) = 1
    ) s JOIN (
        SELECT src_ip, dst_ip, dst_port, sum(n) AS n, sum(ports) AS ports, min(first) AS first, max(last) AS last FROM clients GROUP BY ALL
    ) c ON s.src_ip = c.src_ip AND s.dst_ip = c.dst_ip AND s.dst_port = c.dst_port AND s.n = c.n AND s.ports = c.ports
    WHERE s.src_ip NOT LIKE '127.%' AND s.src_ip <> '::1'
        AND s.first BETWEEN c.first - 1000000 AND c.first + 1000000 AND s.last BETWEEN c.last - 1000000 AND c.last + 1000000
), unsettled AS MATERIALIZED (
    SELECT unnest(list({src_ip: src_ip, dst_ip: dst_ip, dst_port: dst_port}), recursive := true) FROM (
        SELECT DISTINCT s.src_ip, s.dst_ip, s.dst_port FROM servers s ANTI JOIN settled k ON s.src_ip = k.src_ip AND s.dst_ip = k.dst_ip AND s.dst_port = k.dst_port
    )
), ends AS NOT MATERIALIZED (
    SELECT 'ended' AS state, node, direction, e.src_ip, src_port, e.dst_ip, e.dst_port, netns, timestamp - to_microseconds(duration_us) AS opened_at, timestamp AS last,
        latency_us, bytes_sent, bytes_received, reason LIKE 'fin%' AS in_order, pod_namespace, pod_name, container_name, process, workload, selected
    FROM both_ends e SEMI JOIN unsettled k ON e.src_ip = k.src_ip AND e.dst_ip = k.dst_ip AND e.dst_port = k.dst_port
    WHERE type = 'CLOSE' AND connection_id IS NOT NULL AND direction = 'inbound'
    UNION ALL
    SELECT 'ended', node, direction, e.src_ip, src_port, e.dst_ip, e.dst_port, netns, timestamp - to_microseconds(duration_us), timestamp,
        latency_us, bytes_sent, bytes_received, reason LIKE 'fin%', pod_namespace, pod_name, container_name, process, workload, selected
    FROM (FROM both_ends WHERE src_ip IN (SELECT unnest(list(DISTINCT src_ip)) FROM unsettled)) e
    ANTI JOIN settled k ON e.src_ip = k.src_ip AND e.dst_ip = k.dst_ip AND e.dst_port = k.dst_port
    WHERE type = 'CLOSE' AND connection_id IS NOT NULL AND direction = 'outbound'
    UNION ALL
    SELECT 'open', node, direction, src_ip, src_port, dst_ip, dst_port, netns, opened_at, reported_at,
        latency_us, bytes_sent, bytes_received, false, pod_namespace, pod_name, container_name, process, workload, selected
    FROM open
    UNION ALL
    SELECT 'begun', node, direction, src_ip, src_port, dst_ip, dst_port, netns, timestamp, timestamp,
        latency_us, NULL, NULL, false, pod_namespace, pod_name, container_name, process, workload, selected
    FROM both_ends WHERE connection_id IS NULL AND (type = 'ACCEPT' OR (type = 'CONNECT' AND result = 'established'))
)
SELECT c.state, c.node, s.node AS s_node, c.dst_ip, c.dst_port, s.src_ip AS s_src_ip, s.dst_port AS s_dst_port, 1 AS connections, c.opened_at AS first, c.last, [c.latency_us] AS latencies, c.bytes_sent, c.bytes_received,
    c.pod_namespace, c.pod_name, c.container_name, c.process, c.workload,
    s.pod_namespace AS s_pod_namespace, s.pod_name AS s_pod_name, s.container_name AS s_container_name, s.process AS s_process, s.workload AS s_workload, c.selected, s.selected AS s_selected
FROM (SELECT *, hash(src_ip, src_port) AS caller, dst_ip NOT IN (FROM listening) AS is_translated FROM ends WHERE direction = 'outbound') c
JOIN (SELECT *, hash(src_ip, src_port) AS caller FROM ends WHERE direction = 'inbound') s
    ON c.caller = s.caller AND c.src_port = s.src_port AND c.state = s.state
    AND s.opened_at >= c.opened_at - INTERVAL 5 SECONDS AND s.opened_at <= c.opened_at + CASE c.state WHEN 'begun' THEN INTERVAL 10 SECONDS ELSE INTERVAL 5 SECONDS END
    AND (c.node <> s.node OR c.state = 'begun' OR s.opened_at BETWEEN c.opened_at - INTERVAL 1 SECOND AND c.opened_at + INTERVAL 1 SECOND)
    AND (c.is_translated OR (c.dst_port = s.dst_port AND c.dst_ip = s.dst_ip))
    AND ((c.src_ip NOT LIKE '127.%' AND c.src_ip <> '::1') OR (c.netns = s.netns AND c.node = s.node))
    AND (NOT c.in_order OR NOT s.in_order OR (c.bytes_sent = s.bytes_received AND c.bytes_received = s.bytes_sent))
WHERE c.selected OR s.selected
UNION ALL
SELECT 'ended', c.node, s.node, c.dst_ip, c.dst_port, c.src_ip, c.dst_port, c.n, make_timestamp(c.first), c.last_closed, c.latencies, c.bytes_sent, c.bytes_received,
    c.pod_namespace, c.pod_name, c.container_name, c.process, c.workload, s.pod_namespace, s.pod_name, s.container_name, s.process, s.workload, c.selected, s.selected
FROM clients c JOIN settled s ON c.src_ip = s.src_ip AND c.dst_ip = s.dst_ip AND c.dst_port = s.dst_port
WHERE c.selected OR s.selected;

-- Traffic between workloads. For an end in a container without a name, the pod that had its address on its node at that time.
-- unpaired counts what is missing here.
CREATE OR REPLACE VIEW edges AS
SELECT workload_name(workload, pod_namespace, pod_name, container_name, process) AS client,
    workload_name(s_workload, s_pod_namespace, s_pod_name, s_container_name, s_process) AS server, port, * EXCLUDE (pod_namespace, pod_name, container_name, process, workload,
        s_pod_namespace, s_pod_name, s_container_name, s_process, s_workload, port), pod_namespace AS client_namespace, pod_name AS client_pod, s_pod_namespace AS server_namespace, s_pod_name AS server_pod
FROM (
    SELECT pod_namespace, pod_name, container_name, process, workload, s_pod_namespace, s_pod_name, s_container_name, s_process, s_workload, dst_port AS port,
        sum(connections)::BIGINT AS connections, list_median(flatten(list(latencies)))::BIGINT AS median_us, sum(bytes_sent)::BIGINT AS bytes_sent, sum(bytes_received)::BIGINT AS bytes_received,
        min(first) AS first, max(last) AS last, node AS client_node, s_node AS server_node
    FROM (
        SELECT p.* REPLACE (coalesce(c.pod_namespace, p.pod_namespace) AS pod_namespace, coalesce(c.pod_name, p.pod_name) AS pod_name, coalesce(p.workload, c.workload) AS workload,
            coalesce(s.pod_namespace, p.s_pod_namespace) AS s_pod_namespace, coalesce(s.pod_name, p.s_pod_name) AS s_pod_name, coalesce(p.s_workload, s.workload) AS s_workload)
        FROM pairs p
        LEFT JOIN holders c ON CASE p.pod_name WHEN '' THEN p.s_src_ip END = c.address AND p.node = c.node
            AND p.last::DATE = c.date AND hour(p.last) = c.hour AND p.first >= c.held_from AND p.last < c.held_until
        LEFT JOIN holders s ON CASE p.s_pod_name WHEN '' THEN p.dst_ip END = s.address AND p.s_node = s.node
            AND p.last::DATE = s.date AND hour(p.last) = s.hour AND p.first >= s.held_from AND p.last < s.held_until
    )
    GROUP BY ALL
);

-- Ends of ended connections whose counterpart should be in this capture, because an address in it is theirs, but is not: clocks
-- that differ by more than 5 s, lost rows, or an address translated on both sides.
CREATE OR REPLACE VIEW unpaired AS
WITH counted AS (
    SELECT direction, node, pod_namespace, pod_name, container_name, process, workload, CASE direction WHEN 'outbound' THEN dst_ip ELSE src_ip END AS peer, dst_port AS port, count(*) AS n
    FROM both_ends
    WHERE selected AND type = 'CLOSE' AND connection_id IS NOT NULL AND CASE direction
        WHEN 'outbound' THEN dst_ip IN (SELECT DISTINCT dst_ip FROM both_ends WHERE direction = 'inbound')
        ELSE src_ip IN (SELECT DISTINCT src_ip FROM both_ends WHERE direction = 'outbound') END
    GROUP BY ALL
    UNION ALL
    SELECT * EXCLUDE (selected) FROM (SELECT unnest([
        {selected: selected, direction: 'outbound', node: node, pod_namespace: pod_namespace, pod_name: pod_name, container_name: container_name, process: process, workload: workload, peer: dst_ip, port: dst_port, n: -n},
        {selected: s_selected, direction: 'inbound', node: s_node, pod_namespace: s_pod_namespace, pod_name: s_pod_name, container_name: s_container_name, process: s_process, workload: s_workload, peer: s_src_ip, port: s_dst_port, n: -n}
    ], recursive := true)
    FROM (
        SELECT state, node, pod_namespace, pod_name, container_name, process, workload, dst_ip, dst_port, s_node, s_pod_namespace, s_pod_name, s_container_name, s_process, s_workload, s_src_ip, s_dst_port, selected, s_selected, sum(connections)::BIGINT AS n
        FROM pairs WHERE state = 'ended' GROUP BY ALL
    )) WHERE selected
)
SELECT workload_name(workload, pod_namespace, pod_name, container_name, process) AS workload, direction, peer, port, sum(n)::BIGINT AS connections,
    node, pod_namespace, pod_name, container_name, process
FROM counted
GROUP BY ALL
HAVING sum(n) > 0;

-- The completeness of each hour: events stored, events known to be lost on the way to the files, and the share of the hour during
-- which an agent ran (loss has the rows). percent combines both. Losses of the JSON stream alone do not count.
CREATE OR REPLACE VIEW completeness AS
WITH rolled AS (
    SELECT node, date, hour, sum(attempts + accepts + closed)::BIGINT AS events FROM all_rollups GROUP BY ALL
), sums AS ( -- a roll-up outlives its events, and does not count FLOWs
    SELECT node, date, hour, greatest(coalesce(k.events, 0), coalesce(r.events, 0)) AS events
    FROM (SELECT node, date, hour, sum(events)::BIGINT AS events FROM kept GROUP BY ALL) k FULL JOIN rolled r USING (node, date, hour)
), gaps AS ( -- the number of events lost in a gap is unknown; it may be hours long
    SELECT *, unnest(CASE WHEN count IS NULL THEN generate_series(date_trunc('hour', "from"), "to", INTERVAL 1 HOUR) ELSE ["to"] END) AS moment
    FROM loss WHERE stage <> 'json'
), lost AS (
    SELECT node, moment::DATE AS date, hour(moment) AS hour, coalesce(sum(count) FILTER (reason NOT LIKE '%_bytes'), 0)::BIGINT AS lost,
        count(*) FILTER (count IS NULL) AS unknown,
        coalesce(sum(epoch(least("to", date_trunc('hour', moment) + INTERVAL 1 HOUR)) - epoch(greatest("from", date_trunc('hour', moment)))) FILTER (stage = 'agent'), 0) AS seconds,
        string_agg(DISTINCT stage || '.' || reason, ', ' ORDER BY stage || '.' || reason) AS reasons
    FROM gaps GROUP BY ALL
), hours AS (
    SELECT node, date, hour, coalesce(events, 0) AS events, coalesce(lost, 0) AS lost, coalesce(unknown, 0) AS unknown_gaps,
        greatest(0, 1 - coalesce(seconds, 0) / 3600) AS covered, coalesce(reasons, '') AS reasons
    FROM sums FULL JOIN lost USING (node, date, hour)
)
SELECT node, date, hour, events, lost, unknown_gaps, round(100 * covered, 2) AS covered_percent,
    round(100.0 * covered * CASE WHEN events + lost = 0 THEN CASE WHEN covered < 1 THEN 1 END ELSE events / (events + lost) END, 4) AS percent, reasons
FROM hours;

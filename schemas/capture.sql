-- The sealed hours of a capture for stock DuckDB (1.3 or newer); then .read views.sql. First set where the capture is:
--
--   SET VARIABLE capture = '/var/lib/netmon';    -- or 's3://bucket/prefix', or a folder to which captures of many nodes were copied
--
-- netmon query has the same views over the sealed hours and the current one. For a question about some hours it reads fewer files,
-- because it chooses them before opening any.

SET TimeZone = 'UTC';

-- Files of version 0.1 have unsigned numbers, and lack the last columns.
CREATE OR REPLACE MACRO netmon_events(files) AS TABLE
SELECT * REPLACE (pid::INTEGER AS pid, netns::BIGINT AS netns, uid::BIGINT AS uid, cgroup_id::BIGINT AS cgroup_id, rtt_us::BIGINT AS rtt_us,
    retransmits::BIGINT AS retransmits, bytes_sent::BIGINT AS bytes_sent, bytes_received::BIGINT AS bytes_received)
FROM (
    SELECT * FROM read_parquet(files, hive_partitioning = true, hive_types = {'date': DATE, 'hour': BIGINT}, union_by_name = true)
    UNION ALL BY NAME
    SELECT NULL::BIGINT AS connection_id, NULL::VARCHAR AS owner, NULL::BOOLEAN AS older, NULL::BIGINT AS delta_sent, NULL::BIGINT AS delta_received,
        NULL::VARCHAR AS dialed_ip, NULL::INTEGER AS dialed_port, NULL::VARCHAR AS peer_pod_name, NULL::VARCHAR AS peer_pod_namespace, NULL::VARCHAR AS peer_workload,
        NULL::VARCHAR AS peer_service, NULL::VARCHAR AS peer_node, NULL::VARCHAR AS peer_zone,
        NULL::VARCHAR AS workload, NULL::VARCHAR AS workload_kind, NULL::VARCHAR AS pod_labels
    WHERE false
);

CREATE OR REPLACE VIEW events AS FROM netmon_events(getvariable('capture') || '/events/**/*.parquet');

CREATE OR REPLACE VIEW kept AS SELECT node, date, hour, count(*) AS events FROM events GROUP BY ALL;

-- read_parquet rejects a pattern without files: a capture of version 0.1 has no roll-ups, and one without losses no loss files.
SET VARIABLE capture_has_rollups = (SELECT count(*) > 0 FROM glob(getvariable('capture') || '/rollup/**/*.parquet'));

CREATE OR REPLACE VIEW rollups AS
SELECT NULL::VARCHAR AS node, NULL::VARCHAR AS direction, NULL::VARCHAR AS process, NULL::VARCHAR AS container_id, NULL::VARCHAR AS pod_name, NULL::VARCHAR AS pod_namespace,
    NULL::VARCHAR AS container_name, NULL::VARCHAR AS peer, NULL::INTEGER AS port, NULL::VARCHAR AS result, NULL::INTEGER AS errno, NULL::BIGINT AS attempts, NULL::BIGINT AS accepts,
    NULL::BIGINT AS closed, NULL::BIGINT AS bytes_sent, NULL::BIGINT AS bytes_received, NULL::BIGINT AS retransmits, NULL::VARCHAR AS latency, NULL::TIMESTAMP AS first,
    NULL::TIMESTAMP AS last, NULL::VARCHAR AS workload, NULL::VARCHAR AS workload_kind, NULL::DATE AS date, NULL::BIGINT AS hour
WHERE false
UNION ALL BY NAME
SELECT * FROM query(CASE WHEN getvariable('capture_has_rollups')
    THEN 'SELECT * FROM read_parquet(getvariable(''capture'') || ''/rollup/**/*.parquet'', hive_partitioning = true, hive_types = {''date'': DATE, ''hour'': BIGINT}, union_by_name = true)'
    ELSE 'SELECT NULL::VARCHAR AS node WHERE false'
END);

-- The roll-up of events/date=…/hour=…/NAME is rollup/date=…/hour=…/NAME.
SET VARIABLE capture_unrolled = (
    SELECT list(file ORDER BY file) FROM glob(getvariable('capture') || '/events/**/*.parquet')
    WHERE getvariable('capture') || '/rollup' || substr(file, length(getvariable('capture') || '/events') + 1) NOT IN (SELECT file FROM glob(getvariable('capture') || '/rollup/**/*.parquet'))
);

CREATE OR REPLACE VIEW unrolled AS
FROM query(CASE WHEN len(getvariable('capture_unrolled')) > 0 THEN 'FROM netmon_events(getvariable(''capture_unrolled''))' ELSE 'FROM events WHERE false' END);

SET VARIABLE capture_has_owners = (SELECT count(*) > 0 FROM glob(getvariable('capture') || '/owners/**/*.parquet'));

CREATE OR REPLACE VIEW ownership AS
SELECT NULL::VARCHAR AS address, NULL::VARCHAR AS node, NULL::VARCHAR AS pod_name, NULL::VARCHAR AS pod_namespace, NULL::VARCHAR AS pod_uid, NULL::VARCHAR AS workload,
    NULL::VARCHAR AS workload_kind, NULL::BOOLEAN AS host_network, NULL::TIMESTAMP AS from_time, NULL::TIMESTAMP AS to_time, NULL::DATE AS date, NULL::BIGINT AS hour
WHERE false
UNION ALL BY NAME
SELECT * FROM query(CASE WHEN getvariable('capture_has_owners')
    THEN 'SELECT * FROM read_parquet(getvariable(''capture'') || ''/owners/**/*.parquet'', hive_partitioning = true, hive_types = {''date'': DATE, ''hour'': BIGINT}, union_by_name = true)'
    ELSE 'SELECT NULL::VARCHAR AS node WHERE false'
END);

CREATE OR REPLACE VIEW holding AS FROM ownership;

SET VARIABLE capture_has_losses = (SELECT count(*) > 0 FROM glob(getvariable('capture') || '/loss/**/*.parquet'));

-- Files of version 0.1 have former names of some reasons.
CREATE OR REPLACE VIEW loss AS
SELECT * REPLACE (CASE reason WHEN 'garbled_bytes' THEN 'corrupt_bytes' WHEN 'misshapen' THEN 'malformed' WHEN 'garbled' THEN 'corrupt' WHEN 'no_state' THEN 'no_room' ELSE reason END AS reason)
FROM (
SELECT NULL::TIMESTAMP AS "from", NULL::TIMESTAMP AS "to", NULL::VARCHAR AS node, NULL::VARCHAR AS stage, NULL::VARCHAR AS reason, NULL::BIGINT AS count,
    NULL::BIGINT AS cgroup_id, NULL::VARCHAR AS container_id, NULL::VARCHAR AS pod_name, NULL::VARCHAR AS pod_namespace, NULL::VARCHAR AS container_name
WHERE false
UNION ALL BY NAME
SELECT * FROM query(CASE WHEN getvariable('capture_has_losses')
    THEN 'SELECT * FROM read_parquet(getvariable(''capture'') || ''/loss/**/*.parquet'', hive_partitioning = false, union_by_name = true)'
    ELSE 'SELECT NULL::VARCHAR AS node WHERE false'
END));

SET VARIABLE capture_end = (SELECT greatest((SELECT max(timestamp) FROM events), (SELECT max(last) FROM rollups)));

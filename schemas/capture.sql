-- The sealed hours of a capture for stock DuckDB (1.2 or newer); then .read views.sql for the rest. Tell it where first:
--
--   SET VARIABLE capture = '/var/lib/netmon';    -- or 's3://bucket/prefix', or a folder that many nodes' captures were copied to
--
-- netmon query has the same views over the sealed hours and the current one.

CREATE OR REPLACE VIEW events AS
SELECT * FROM read_parquet(getvariable('capture') || '/events/**/*.parquet', hive_partitioning = true, hive_types = {'date': DATE, 'hour': BIGINT}, union_by_name = true)
UNION ALL BY NAME -- columns that files of version 0.1 lack
SELECT NULL::BIGINT AS connection_id, NULL::VARCHAR AS owner, NULL::BOOLEAN AS older, NULL::BIGINT AS delta_sent, NULL::BIGINT AS delta_received,
    NULL::VARCHAR AS dialed_ip, NULL::INTEGER AS dialed_port
WHERE false;

-- A capture that has lost nothing has no file of losses, and read_parquet refuses a pattern without one.
SET VARIABLE capture_has_losses = (SELECT count(*) > 0 FROM glob(getvariable('capture') || '/loss/**/*.parquet'));

CREATE OR REPLACE VIEW loss AS
SELECT NULL::TIMESTAMP AS "from", NULL::TIMESTAMP AS "to", NULL::VARCHAR AS node, NULL::VARCHAR AS stage, NULL::VARCHAR AS reason, NULL::BIGINT AS count,
    NULL::BIGINT AS cgroup_id, NULL::VARCHAR AS container_id, NULL::VARCHAR AS pod_name, NULL::VARCHAR AS pod_namespace, NULL::VARCHAR AS container_name
WHERE false
UNION ALL BY NAME
SELECT * FROM query(CASE WHEN getvariable('capture_has_losses')
    THEN 'SELECT * FROM read_parquet(getvariable(''capture'') || ''/loss/**/*.parquet'', hive_partitioning = false, union_by_name = true)'
    ELSE 'SELECT NULL::VARCHAR AS node WHERE false'
END);

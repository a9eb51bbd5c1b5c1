-- The sealed hours of a capture for stock DuckDB (1.2 or newer); then .read views.sql for the rest. Tell it where first:
--
--   SET VARIABLE capture = '/var/lib/netmon';    -- or 's3://bucket/prefix', or a folder that many nodes' captures were copied to
--
-- netmon query has the same views over the sealed hours and the current one.

CREATE OR REPLACE VIEW events AS
SELECT * FROM read_parquet(getvariable('capture') || '/events/**/*.parquet', hive_partitioning = true, hive_types = {'date': DATE, 'hour': BIGINT}, union_by_name = true);

CREATE OR REPLACE VIEW loss AS
SELECT "from", "to", node, stage, reason, count FROM read_parquet(getvariable('capture') || '/loss/**/*.parquet', union_by_name = true);

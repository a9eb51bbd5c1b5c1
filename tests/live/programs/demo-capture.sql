-- A capture of three nodes and a day, for the report's tests and pictures: a shop whose database is down for 20 minutes.
-- Set these variables first: dir (no trailing slash), workloads (18 have names, others are generated), and connections (their number).
-- DIR is replaced by the directory, because COPY accepts no variable.
SELECT setseed(0.5);

CREATE TABLE named AS FROM (VALUES
    ('ingress', 'nginx'), ('shop', 'web'), ('shop', 'api'), ('shop', 'cart'), ('shop', 'checkout'), ('shop', 'search'), ('shop', 'images'),
    ('auth', 'login'), ('auth', 'tokens'), ('data', 'postgres'), ('data', 'redis'), ('data', 'kafka'), ('data', 'minio'),
    ('monitoring', 'prometheus'), ('monitoring', 'grafana'), ('batch', 'reports'), ('batch', 'mailer'), ('kube-system', 'coredns')) t (namespace, name);

CREATE TABLE service AS
SELECT *, row_number() OVER () AS id, 'node-' || (1 + (row_number() OVER ()) % 3) AS node,
    '10.244.' || (1 + (row_number() OVER ()) % 3) || '.' || (1 + (row_number() OVER ()) // 3) AS address,
    name || '-7c5b8d9f6d-x' || (2 + (row_number() OVER ()) % 8) || 'x4z' AS pod
FROM (FROM named UNION ALL SELECT 'team-' || chr(97 + (i % 12)::INTEGER), 'service-' || i FROM range(getvariable('workloads')::BIGINT - 18) r (i));

CREATE TABLE link AS
SELECT c.id AS client, s.id AS server, NULL AS outside, port, weight, us, sent, received, failing FROM (VALUES
    ('nginx', 'web', 8080, 40, 400, 900, 24000, 0.001), ('web', 'api', 8080, 60, 350, 1200, 9000, 0.002), ('web', 'images', 8080, 25, 500, 400, 90000, 0.0),
    ('api', 'cart', 9000, 30, 300, 700, 2500, 0.0), ('api', 'search', 9200, 22, 900, 500, 18000, 0.004), ('api', 'postgres', 5432, 45, 280, 2200, 12000, 0.0),
    ('cart', 'redis', 6379, 38, 120, 300, 900, 0.0), ('checkout', 'postgres', 5432, 12, 310, 1800, 3000, 0.0), ('api', 'checkout', 9100, 9, 450, 900, 1100, 0.001),
    ('checkout', 'kafka', 9092, 6, 260, 5200, 300, 0.0), ('web', 'login', 8443, 14, 650, 800, 1900, 0.001), ('login', 'tokens', 8443, 14, 300, 600, 900, 0.0),
    ('tokens', 'redis', 6379, 10, 130, 300, 500, 0.0), ('images', 'minio', 9000, 16, 700, 900, 240000, 0.0), ('mailer', 'kafka', 9092, 3, 270, 500, 21000, 0.0),
    ('reports', 'postgres', 5432, 2, 330, 900, 4800000, 0.0), ('prometheus', 'web', 9113, 2, 400, 200, 8000, 0.0), ('prometheus', 'api', 9113, 2, 400, 200, 9000, 0.0),
    ('prometheus', 'postgres', 9187, 2, 420, 200, 14000, 0.12), ('grafana', 'prometheus', 9090, 3, 500, 900, 22000, 0.0)
) t (c_name, s_name, port, weight, us, sent, received, failing) JOIN service c ON c.name = c_name JOIN service s ON s.name = s_name
UNION ALL SELECT id, (SELECT id FROM service WHERE name = 'coredns'), NULL, 53, 4, 180, 60, 200, 0.0 FROM service WHERE namespace IN ('shop', 'auth', 'batch')
UNION ALL SELECT c.id, NULL, t.address, port, weight, us, sent, received, failing FROM (VALUES
    ('checkout', '34.117.217.31', 443, 5, 21000, 1800, 2600, 0.006), ('checkout', '151.101.1.140', 443, 3, 9000, 900, 14000, 0.0), ('mailer', '2001:db8:25::19', 587, 3, 64000, 42000, 900, 0.04),
    ('login', '20.190.151.7', 443, 4, 31000, 1500, 5200, 0.0), ('reports', '10.0.9.20', 2049, 1, 600, 9000000, 3000, 0.0), ('search', '10.0.9.31', 9300, 2, 240000, 600, 800, 0.3)
) t (c_name, address, port, weight, us, sent, received, failing) JOIN service c ON c.name = c_name
UNION ALL SELECT id, 19 + (id * 7) % (getvariable('workloads')::BIGINT - 18), NULL, 8000 + (id % 5)::INTEGER, 1 + (id * id) % 17, 300 + (id * 31) % 900, 400 + (id * 53) % 3000, 900 + (id * id * 37) % 40000, CASE WHEN id % 23 = 0 THEN 0.2 ELSE 0.0 END FROM service WHERE id > 18
UNION ALL SELECT id, 19 + (id * 13 + 5) % (getvariable('workloads')::BIGINT - 18), NULL, 5432, 1 + id % 7, 500, 800, 12000, 0.0 FROM service WHERE id > 18;

CREATE TABLE connection AS
SELECT row_number() OVER () AS id, *, TIMESTAMP '2026-11-25 18:00:00' + to_microseconds((t * 86400e6)::BIGINT) AS began,
    CASE WHEN server = (SELECT id FROM service WHERE name = 'postgres') AND port = 5432 AND t BETWEEN 0.8402 AND 0.8541 THEN 'refused'
        WHEN chance < failing THEN CASE WHEN outside IS NULL THEN 'refused' ELSE 'timed_out' END
        ELSE 'established' END AS result
FROM (
    SELECT l.*, random() AS chance, (us * (0.6 + 0.5 * random() + CASE WHEN random() < 0.02 THEN 8 ELSE 0 END))::BIGINT AS latency, random() AS size,
        -- More in the daytime than at night.
        CASE WHEN random() < 0.45 THEN random() ELSE (0.62 + 0.18 * (random() + random() + random() - 1.5)) END AS t, 20000 + (random() * 45000)::INTEGER AS src_port
    FROM link l, range(weight * getvariable('connections')::BIGINT // (SELECT sum(weight)::BIGINT FROM link)) r
) WHERE t >= 0 AND t < 1;

-- From noon on, calls go to one more destination.
INSERT INTO connection SELECT 10000000 + i, (SELECT id FROM service WHERE name = 'images'), NULL, '203.0.113.77', 443, 1, 42000, 800, 120000, 0, 1, 43000 + i * 17, 0.5, 0.77, 40000 + i, TIMESTAMP '2026-11-26 12:04:00' + to_minutes((i * 4)::INTEGER), 'established' FROM range(60) r (i);
INSERT INTO connection SELECT 20000000 + i, (SELECT id FROM service WHERE name = 'reports'), NULL, '198.51.100.9', 22, 1, 90000, 300, 700, 0, 1, 91000, 0.5, 0.9, 41000 + i, TIMESTAMP '2026-11-26 15:30:00' + to_minutes((i * 9)::INTEGER), 'established' FROM range(9) r (i);

CREATE TABLE event AS
WITH side AS (
    SELECT c.*, me.node, me.pod, me.namespace, me.name, me.id AS me, 'outbound' AS direction, me.address AS src_ip, coalesce(outside, (SELECT address FROM service WHERE id = server)) AS dst_ip
    FROM connection c JOIN service me ON me.id = c.client
    UNION ALL
    SELECT c.*, me.node, me.pod, me.namespace, me.name, me.id, 'inbound', (SELECT address FROM service WHERE id = client), me.address
    FROM connection c JOIN service me ON me.id = c.server WHERE result = 'established'
    UNION ALL -- visitors
    SELECT c.*, me.node, me.pod, me.namespace, me.name, me.id, 'inbound', '198.51.' || (c.id % 40) || '.' || (c.id % 250), me.address
    FROM connection c JOIN service me ON me.id = c.client WHERE me.name = 'nginx'
), facts AS (
    SELECT *, (sent * (0.5 + size))::BIGINT AS moved_out, (received * (0.5 + size))::BIGINT AS moved_in, (3000 + size * 400000)::BIGINT AS lasted FROM side
)
SELECT CASE kind WHEN 'CLOSE' THEN began + to_microseconds(latency + lasted) ELSE began END AS timestamp, node, kind AS type, 'TCP' AS protocol, src_ip, src_port, dst_ip, port::INTEGER AS dst_port,
    1000 + me::INTEGER AS pid, name AS process, 4026531833 + me AS netns, md5(pod) || md5(name) AS container_id, pod AS pod_name, namespace AS pod_namespace, name AS container_name, direction, 0::BIGINT AS uid, me AS cgroup_id,
    CASE WHEN kind = 'CONNECT' THEN result END AS result, CASE WHEN kind <> 'CONNECT' THEN NULL WHEN result = 'refused' THEN 111 WHEN result = 'timed_out' THEN 110 END::INTEGER AS errno,
    CASE WHEN result = 'timed_out' THEN 130000000 ELSE latency END AS latency_us, CASE WHEN kind = 'CLOSE' THEN lasted END AS duration_us,
    CASE WHEN kind = 'CLOSE' THEN CASE direction WHEN 'outbound' THEN moved_out ELSE moved_in END END AS bytes_sent, CASE WHEN kind = 'CLOSE' THEN CASE direction WHEN 'outbound' THEN moved_in ELSE moved_out END END AS bytes_received,
    CASE WHEN kind = 'CLOSE' THEN us END::BIGINT AS rtt_us, CASE WHEN kind = 'CLOSE' THEN 0 END::BIGINT AS retransmits, CASE WHEN kind = 'CLOSE' THEN 'fin_local' END AS reason,
    id * 2 + (direction = 'inbound')::INTEGER AS connection_id, bytes_sent AS delta_sent, bytes_received AS delta_received, namespace || '/' || name AS workload, 'Deployment' AS workload_kind
FROM facts, (VALUES ('CONNECT'), ('ACCEPT'), ('CLOSE')) k (kind)
WHERE CASE kind WHEN 'CONNECT' THEN direction = 'outbound' WHEN 'ACCEPT' THEN direction = 'inbound' ELSE result = 'established' END;

CREATE VIEW sealed AS SELECT *, strftime(timestamp, '%Y-%m-%d') AS date, strftime(timestamp, '%H') AS hour FROM event WHERE timestamp < TIMESTAMP '2026-11-26 18:00:00' ORDER BY timestamp;
COPY (FROM sealed WHERE node = 'node-1') TO 'DIR/events' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (date, hour), FILENAME_PATTERN 'node-1-{i}', OVERWRITE_OR_IGNORE);
COPY (FROM sealed WHERE node = 'node-2') TO 'DIR/events' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (date, hour), FILENAME_PATTERN 'node-2-{i}', OVERWRITE_OR_IGNORE);
COPY (FROM sealed WHERE node = 'node-3') TO 'DIR/events' (FORMAT parquet, COMPRESSION zstd, PARTITION_BY (date, hour), FILENAME_PATTERN 'node-3-{i}', OVERWRITE_OR_IGNORE);
COPY (
    SELECT address, node, pod AS pod_name, namespace AS pod_namespace, md5(pod) AS pod_uid, namespace || '/' || name AS workload, 'Deployment' AS workload_kind, NULL::BOOLEAN AS host_network,
        TIMESTAMP '2026-11-20 08:00:00' AS from_time, NULL::TIMESTAMP AS to_time, strftime(hour_start, '%Y-%m-%d') AS date, strftime(hour_start, '%H') AS hour
    FROM service, generate_series(TIMESTAMP '2026-11-25 18:00:00', TIMESTAMP '2026-11-26 17:00:00', INTERVAL 1 HOUR) h (hour_start)
) TO 'DIR/owners' (FORMAT parquet, PARTITION_BY (date, hour), FILENAME_PATTERN 'nodes-{i}', OVERWRITE_OR_IGNORE);
COPY (
    SELECT TIMESTAMP '2026-11-26 14:10:00' AS "from", TIMESTAMP '2026-11-26 14:10:10' AS "to", 'node-2' AS node, 'source' AS stage, 'ring_full' AS reason, 1840::BIGINT AS count, '2026-11-26' AS date
    UNION ALL SELECT TIMESTAMP '2026-11-26 03:12:00', TIMESTAMP '2026-11-26 03:31:00', 'node-3', 'agent', 'down', NULL, '2026-11-26'
) TO 'DIR/loss' (FORMAT parquet, PARTITION_BY (date), FILENAME_PATTERN 'nodes-{i}', OVERWRITE_OR_IGNORE);

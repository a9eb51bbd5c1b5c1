using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The Parquet files compared with the JSON lines of the same run, in stock DuckDB.</summary>
public sealed class CaptureTests : IDisposable
{
    private static readonly string[] Columns =
    [
        "node", "type", "protocol", "src_ip", "src_port", "dst_ip", "dst_port", "pid", "process", "netns", "direction", "uid", "cgroup_id",
        "result", "errno", "latency_us", "duration_us", "bytes_sent", "bytes_received", "rtt_us", "retransmits", "reason",
    ];

    private readonly Scratch _scratch = new();

    [Fact]
    public void Rows_equal_the_lines_in_every_field()
    {
        Needs.Tracing();
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--capture", _scratch["capture"], "--node", "node \"one\"/ü");
        Shell.Run(Repository.Load, "run", "--connections", "3000", "--family", "both", "--refused", "10", "--reset", "10", "--forked", "5", "--vary", "--name", "a\"b\\\\\\n\\xff").MustSucceed();
        agent.Stop();
        AssertSame();
        Assert.True(Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])}") >= 10_000);
    }

    [Fact]
    public void Rows_of_a_synthetic_node_equal_the_lines()
    {
        using var agent = AgentProcess.Start("--json", _scratch["events.json"], "--capture", _scratch["capture"], "--source", "synthetic:count=100000,seed=7");
        Assert.Equal(0, agent.WaitForExit());
        AssertSame();
        Assert.Equal(100_000, Duck.Number($"SELECT count(*) FROM {Duck.Events(_scratch["capture"])}"));
    }

    [Fact]
    public void Types_encodings_and_metadata_are_as_documented()
    {
        using var agent = AgentProcess.Start("--json", "none", "--capture", _scratch["capture"], "--node", "n1", "--source", "synthetic:count=50000");
        Assert.Equal(0, agent.WaitForExit());
        var file = Assert.Single(Directory.EnumerateFiles(Path.Combine(_scratch["capture"], "events"), "*.parquet", SearchOption.AllDirectories));
        Assert.Matches(@"events/date=\d{4}-\d\d-\d\d/hour=\d\d/n1\.parquet$", file);
        Assert.Equal("TIMESTAMP", Duck.Rows($"SELECT typeof(timestamp) FROM '{file}' LIMIT 1")[0][0]);
        Assert.Empty(Duck.Rows($"SELECT path_in_schema, encodings FROM parquet_metadata('{file}') WHERE type = 'BYTE_ARRAY' AND NOT encodings LIKE '%DICTIONARY%' AND stats_null_count < num_values"));
        Assert.Empty(Duck.Rows($"SELECT DISTINCT compression FROM parquet_metadata('{file}') WHERE compression <> 'ZSTD'"));
        var metadata = Duck.Rows($"SELECT decode(key), decode(value) FROM parquet_kv_metadata('{file}')").ToDictionary(row => (string)row[0], row => (string)row[1]);
        Assert.Equal("n1", metadata["netmon.node"]);
        Assert.Equal("0", metadata["netmon.loss.source.ring_full"]);
        Assert.Contains("netmon.boot_id", metadata.Keys);
        Assert.Contains("netmon.schema_version", metadata.Keys);
        Assert.Contains("netmon.agent_version", metadata.Keys);
        Assert.Equal("640", Convert.ToString((int)File.GetUnixFileMode(file), 8));
    }

    public void Dispose() => _scratch.Dispose();

    private void AssertSame()
    {
        var columns = string.Join(", ", Columns.Select(c => $"CAST({c} AS VARCHAR) AS {c}"));
        var keys = string.Join(", ", Columns.Select(c => $"{c}: 'VARCHAR'"));
        var lines = $"SELECT CAST(CAST(timestamp AS TIMESTAMP) AS VARCHAR) AS timestamp, {columns} FROM read_json('{_scratch["events.json"]}', format = 'newline_delimited', columns = {{timestamp: 'TIMESTAMP', {keys}}})";
        var rows = $"SELECT CAST(timestamp AS VARCHAR) AS timestamp, {columns} FROM {Duck.Events(_scratch["capture"])}";
        var onlyLines = Duck.Rows($"({lines}) EXCEPT ALL ({rows}) LIMIT 3");
        var onlyRows = Duck.Rows($"({rows}) EXCEPT ALL ({lines}) LIMIT 3");
        Assert.True(onlyLines.Count + onlyRows.Count == 0, $"only in the lines: {Show(onlyLines)}\nonly in Parquet: {Show(onlyRows)}");
    }

    private static string Show(IReadOnlyList<object[]> rows) => string.Join("\n  ", rows.Select(row => string.Join(" | ", row)));
}

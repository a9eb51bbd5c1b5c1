using System.Globalization;
using System.Text.Json;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// ClickHouse over a bucket with the hours of three nodes, as their agents uploaded them: the statements of docs/cluster.md.
/// </summary>
[Trait("suite", "offline")]
public sealed class ClickHouseTests : IDisposable
{
    private static readonly string[] Nodes = ["n1", "n2", "n3"];

    private readonly Scratch _scratch = new();
    private readonly ObjectStore _store;

    public ClickHouseTests() => _store = new ObjectStore(_scratch["store.log"]);

    private string Bucket => $"s3('{_store.Url}/events/cluster-1/events/**/*.parquet', 'key', 'secret', 'Parquet')";

    public void Dispose()
    {
        _store.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Hours_of_three_nodes_in_a_bucket_are_one_table_and_one_hour_is_read_alone()
    {
        var runner = Path.Combine(Repository.Root, "tests/readers/read.mjs");
        Assert.SkipUnless(Directory.Exists(Path.Combine(Repository.Root, "artifacts/readers/node_modules")), "needs ClickHouse from npm: tests/readers/setup.sh");
        _store.MakeBucket("events");
        foreach (var node in Nodes)
        {
            Upload(node, $"replay:{Path.Combine(Repository.Root, "tests/unit/Fixtures/version1/recording.netmon")}"); // an earlier hour
            Upload(node, "synthetic:count=5000");
        }

        const string sums = "node, count(*), count(DISTINCT src_ip), max(netns), sum(cgroup_id % 1000), sum(bytes_sent), min(latency_us)";
        var copy = _scratch["capture"];
        var expected = Duck.Rows($"SELECT date::VARCHAR, hour::BIGINT, {sums} FROM {Duck.Events(copy + "/*")} GROUP BY date, hour, node ORDER BY ALL");
        var answers = Ask(
            runner,
            $"SELECT toString(date), toString(hour), {string.Join(", ", sums.Split(", ").Select(sum => $"toString({sum})"))} FROM {Bucket} GROUP BY date, hour, node ORDER BY date, hour, node SETTINGS use_hive_partitioning = 1");
        Assert.InRange(expected.Count, 2 * Nodes.Length, int.MaxValue);
        Assert.Equal(Texts(expected), answers[0].Select(row => string.Join('|', row)));

        var first = expected[0];
        var requests = _store.Requests.Length;
        answers = Ask(runner, $"SELECT toString(count()) FROM {Bucket} WHERE date = '{first[0]}' AND hour = {first[1]} SETTINGS use_hive_partitioning = 1");
        Assert.Equal(expected.Where(row => row[0].Equals(first[0]) && row[1].Equals(first[1])).Sum(row => (long)row[3]), long.Parse(answers[0][0][0], CultureInfo.InvariantCulture));
        var hour = string.Create(CultureInfo.InvariantCulture, $"date={first[0]}/hour={first[1]:00}/");
        var read = _store.Requests[requests..].Where(line => line.Contains("\"GET /events/cluster-1/", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(read);
        Assert.All(read, line => Assert.Contains(hour, Uri.UnescapeDataString(line), StringComparison.Ordinal));
    }

    private static IEnumerable<string> Texts(IEnumerable<object[]> rows) =>
        rows.Select(row => string.Join('|', row.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))));

    private void Upload(string node, string source) => Shell.Run(
        "/usr/bin/env", "AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret", "AWS_REGION=eu-central-1", $"AWS_ENDPOINT_URL={_store.Url}", "AWS_EC2_METADATA_DISABLED=true", "/bin/sh", "-c",
        $"{Repository.Agent} run --json none --node {node} --capture {_scratch["capture"]}/{node} --source {source} && "
        + $"{Path.Combine(Path.GetDirectoryName(Repository.Agent)!, "netmon-archive")} --capture {_scratch["capture"]}/{node} --to s3://events/cluster-1 --once").MustSucceed();

    /// <summary>The rows of each statement; all columns are texts.</summary>
    private List<string[][]> Ask(string runner, params string[] statements)
    {
        var questions = _scratch["questions.json"];
        File.WriteAllText(questions, JsonSerializer.Serialize(statements.Select(sql => new { sql })));
        var answers = Shell.Script($"exec node {runner} clickhouse <{questions}").MustSucceed().Output;
        return [.. answers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<string[][]>(line)!)];
    }
}

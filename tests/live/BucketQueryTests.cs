using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>netmon query over a bucket with the hours of three nodes, as their agents' netmon-archive uploaded them.</summary>
[Trait("suite", "offline")]
public sealed class BucketQueryTests : IDisposable
{
    private static readonly string[] Nodes = ["n1", "n2", "n3"];

    private readonly Scratch _scratch = new();
    private readonly ObjectStore _store;

    public BucketQueryTests() => _store = new ObjectStore(_scratch["store.log"]);

    private string[] Environments => ["AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret", "AWS_REGION=eu-central-1", $"AWS_ENDPOINT_URL={_store.Url}", "AWS_EC2_METADATA_DISABLED=true"];

    private string[] Fetched => [.. _store.Requests.Where(line => line.Contains("\"GET /events/cluster-1/", StringComparison.Ordinal)).Select(line => Uri.UnescapeDataString(line.Split('"')[1]))];

    public void Dispose()
    {
        _store.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void A_bucket_with_hours_of_three_nodes_answers_like_the_merged_directories()
    {
        _store.MakeBucket("events");
        foreach (var node in Nodes)
        {
            Upload(node, $"replay:{Path.Combine(Repository.Root, "tests/unit/Fixtures/version1/recording.netmon")}"); // an earlier hour
            Upload(node, "synthetic:count=20000,containers=10");
        }

        var hours = Duck.Rows($"SELECT DISTINCT date::VARCHAR, hour::BIGINT FROM {Duck.Events(_scratch["merged"])} ORDER BY ALL");
        Assert.InRange(hours.Count, 2, 3);
        var ofFirst = string.Create(CultureInfo.InvariantCulture, $"SELECT node, count(*), sum(bytes_sent) FROM events WHERE date = '{hours[0][0]}' AND hour = {hours[0][1]} GROUP BY ALL ORDER BY ALL");
        AssertSame(ofFirst);
        Assert.Equal(Nodes.Length, Fetched.Length);
        Assert.All(Fetched, request => Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"/events/date={hours[0][0]}/hour={hours[0][1]:00}/"), request, StringComparison.Ordinal));

        AssertSame("SELECT * FROM talkers ORDER BY ALL");
        Assert.DoesNotContain(Fetched.Skip(Nodes.Length), request => request.Contains("/events/date=", StringComparison.Ordinal)); // roll-ups answer
        foreach (var sql in new[] { "SELECT * FROM failures ORDER BY ALL", "SELECT * FROM completeness ORDER BY ALL", "SELECT * FROM connections ORDER BY ALL LIMIT 1000", "FROM loss" })
        {
            AssertSame(sql);
        }

        var fetched = Fetched.Length;
        AssertSame(ofFirst);
        Assert.Equal(fetched, Fetched.Length);
    }

    private void AssertSame(string sql)
    {
        var expected = Shell.Run(Repository.Agent, "query", "--capture", _scratch["merged"], "--format", "csv", sql).MustSucceed().Output;
        var answer = Shell.Run("/usr/bin/env", [.. Environments, Repository.Agent, "query", "--capture", "s3://events/cluster-1", "--cache", _scratch["cache"], "--format", "csv", sql]).MustSucceed();
        Assert.Equal((expected, ""), (answer.Output, answer.Error));
    }

    private void Upload(string node, string source) => Shell.Run(
        "/usr/bin/env", [.. Environments, "/bin/sh", "-c",
        $"{Repository.Agent} run --json none --node {node} --capture {_scratch[node]} --source {source} && "
        + $"{Path.Combine(Path.GetDirectoryName(Repository.Agent)!, "netmon-archive")} --capture {_scratch[node]} --to s3://events/cluster-1 --once && "
        + $"mkdir -p {_scratch["merged"]} && for tier in events rollup loss; do test ! -d {_scratch[node]}/$tier || cp -r {_scratch[node]}/$tier {_scratch["merged"]}/; done"]).MustSucceed();
}

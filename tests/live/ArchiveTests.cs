using System.Diagnostics;
using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Sealed files in a bucket of a real S3 server: all of them arrive complete, whatever is killed, and no log has a secret.
/// </summary>
[Trait("suite", "offline")]
public sealed class ArchiveTests : IDisposable
{
    private const string Key = "NETMONTESTACCESSKEYID";
    private const string Secret = "netmon/test+secret/4f9a8c7e";
    private const string Token = "netmon-test-session-token-91c2";
    private readonly Scratch _scratch = new();
    private readonly ObjectStore _store;

    public ArchiveTests()
    {
        _store = new ObjectStore(_scratch["store.log"]);
    }

    private string Capture => _scratch["capture"];

    private string[] Sealed => !Directory.Exists(Capture) ? [] : [.. new[] { "events", "loss", "rollup" }.Where(tier => Directory.Exists(Path.Combine(Capture, tier)))
        .SelectMany(tier => Directory.EnumerateFiles(Path.Combine(Capture, tier), "*.parquet", SearchOption.AllDirectories))
        .Select(file => Path.GetRelativePath(Capture, file)).Order(StringComparer.Ordinal)];

    public void Dispose()
    {
        _store.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void Files_sealed_at_the_stop_are_in_the_bucket_and_DuckDB_reads_the_copy()
    {
        _store.MakeBucket("events");
        using var agent = Start("--archive", "s3://events/cluster-1/", "--source", "synthetic:count=20000");
        Assert.Equal(0, agent.WaitForExit());

        AssertAllIn("events/cluster-1");
        AssertNothingSecret(agent.Log);
        var copy = _scratch["copy"];
        foreach (var file in Sealed)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(copy, file))!);
            File.WriteAllBytes(Path.Combine(copy, file), _store.Get($"events/cluster-1/{file}")!);
        }

        Assert.Equal(20_000, Duck.Number($"SELECT count(*) FROM {Duck.Events(copy)} WHERE date IS NOT NULL AND hour IS NOT NULL"));
        Assert.Contains(" info agent: stopped: ", agent.Log.TrimEnd().Split('\n')[^1], StringComparison.Ordinal); // the agent's summary is still the last line
    }

    [Fact]
    public void The_uploader_uses_the_log_format_of_the_agent()
    {
        _store.MakeBucket("events");
        using var agent = Start("--archive", "s3://events", "--source", "synthetic:count=1000", "--log-format", "json");
        Assert.Equal(0, agent.WaitForExit());
        var entries = LogEntry.Read(agent.Log, json: true);
        Assert.Contains(entries, entry => entry.Component == "uploader" && entry.Message.StartsWith("ended: 2 files", StringComparison.Ordinal));
        Assert.StartsWith("stopped: ", entries[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_killed_agent_ends_its_uploader_and_the_next_one_uploads_the_missing_parts()
    {
        _store.MakeBucket("events");
        Fill(1_000_000); // 20 MB: three parts
        using (var killed = Start("--archive", "s3://events", "--archive-bandwidth", "1MiB", "--source", "synthetic:rate=1"))
        {
            WaitFor.True(() => Parts(1) == 1, "the first part"); // the last part is ten seconds away
            killed.Kill();
        }

        WaitFor.True(() => Shell.Script($"pgrep -f '[n]etmon-archive --capture {Capture}'").ExitCode != 0, "the uploader's end");
        Assert.Null(_store.Get($"events/{Sealed[0]}"));
        using var agent = Start("--archive", "s3://events", "--source", "synthetic:rate=1");
        WaitFor.True(() => _store.Get($"events/{Sealed[0]}") is not null, "the object");
        agent.Stop();

        AssertAllIn("events");
        Assert.Equal(1, Parts(1));
        AssertNothingSecret(agent.Log);
    }

    [Fact]
    public void A_killed_server_that_lost_its_data_gets_the_file_from_the_start()
    {
        _store.MakeBucket("events");
        Fill(1_000_000);
        using var agent = Start("--archive", "s3://events", "--archive-bandwidth", "2MiB", "--source", "synthetic:rate=1");
        WaitFor.True(() => Parts(1) == 1, "the first part");
        _store.Kill();
        WaitFor.True(() => agent.Log.Contains("can't be reached", StringComparison.Ordinal), "word of it");
        _store.StartAgain();
        _store.MakeBucket("events");
        WaitFor.True(() => agent.Log.Contains("works again", StringComparison.Ordinal), "the upload");
        agent.Stop();

        AssertAllIn("events");
        Assert.Equal(2, Parts(1));
        AssertNothingSecret(agent.Log);
    }

    [Fact]
    public void A_server_that_hangs_blocks_only_the_upload()
    {
        _store.MakeBucket("events");
        Fill(10_000);
        _store.Signal("STOP");
        using (var agent = Start("--archive", "s3://events", "--source", "synthetic:count=200000"))
        {
            Assert.Equal(0, agent.WaitForExit());
            Assert.Contains("parquet 200000; nothing lost", agent.Log, StringComparison.Ordinal);
        }

        Assert.Equal(210_000, Duck.Number($"SELECT count(*) FROM {Duck.Events(Capture)}"));
        _store.Signal("CONT");
        Assert.Equal(0, Once("s3://events").ExitCode);
        AssertAllIn("events");
    }

    [Fact]
    public void A_missing_bucket_is_logged_once_and_not_per_attempt()
    {
        Fill(10_000);
        using var agent = Start("--archive", "s3://nowhere", "--source", "synthetic:rate=1");
        WaitFor.True(() => Tries(" 404 ") >= 6, "three tries, of a HEAD and a PUT each");
        _store.MakeBucket("nowhere");
        WaitFor.True(() => agent.Log.Contains("works again", StringComparison.Ordinal), "the upload");
        agent.Stop();

        Assert.Single(agent.Log.Split('\n'), line => line.Contains("no bucket nowhere at http://127.0.0.1", StringComparison.Ordinal));
        AssertAllIn("nowhere");
        AssertNothingSecret(agent.Log);
    }

    [Fact]
    public void Unknown_credentials_are_reported_once_and_never_shown()
    {
        _store.MakeBucket("events");
        _store.RefuseAllCredentials();
        Fill(10_000);
        using var agent = Start("--archive", "s3://events", "--source", "synthetic:rate=1");
        WaitFor.True(() => Tries(" 403 ") >= 6, "three tries");
        agent.Stop();

        var told = Assert.Single(agent.Log.Split('\n'), line => line.Contains("rejects these credentials", StringComparison.Ordinal));
        Assert.Contains("InvalidAccessKeyId", told, StringComparison.Ordinal);
        Assert.Contains("AWS_SECRET_ACCESS_KEY", told, StringComparison.Ordinal);
        Assert.NotEmpty(Sealed);
        Assert.False(Directory.Exists(Path.Combine(Capture, "archived")));
        AssertNothingSecret(agent.Log);
    }

    [Fact]
    public void Existing_objects_are_never_overwritten_and_not_sent_again()
    {
        _store.MakeBucket("events");
        Fill(10_000);
        Assert.Equal(2, Sealed.Length);
        var file = Sealed[0];
        _store.Put($"events/{file}", "another node's"u8.ToArray());
        Assert.Equal(0, Once("s3://events").ExitCode);
        Assert.Equal("another node's"u8.ToArray(), _store.Get($"events/{file}"));
        var beside = $"events/{file[..^".parquet".Length]}-1.parquet";
        Assert.Equal(File.ReadAllBytes(Path.Combine(Capture, file)), _store.Get(beside));
        Assert.Null(_store.Get($"events/{Sealed[1]}")); // a roll-up has the name of its events
        Assert.Equal(File.ReadAllBytes(Path.Combine(Capture, Sealed[1])), _store.Get(beside.Replace("events/events/", "events/rollup/", StringComparison.Ordinal)));

        Directory.Delete(Path.Combine(Capture, "archived"), recursive: true); // as after a kill before the mark was written
        var before = _store.Requests.Count(line => line.Contains("PUT ", StringComparison.Ordinal));
        Assert.Equal(0, Once("s3://events").ExitCode);
        Assert.Equal(before, _store.Requests.Count(line => line.Contains("PUT ", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("--archive s3://events", "--capture is missing")]
    [InlineData("--capture {0} --archive events", "s3://BUCKET")]
    [InlineData("--capture {0} --archive s3://events/../x", "prefix")]
    [InlineData("--capture {0} --archive s3://events --archive-bandwidth 1", "--archive-bandwidth")]
    public void A_wrong_target_is_refused_before_the_start(string options, string why)
    {
        var result = Shell.Script($"exec {Repository.Agent} run --source synthetic:count=0 {string.Format(CultureInfo.InvariantCulture, options, Capture)}");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Capture));
    }

    private AgentProcess Start(params string[] options) => AgentProcess.Start(
        "/usr/bin/env", [.. Environments, Repository.Agent, "run", "--json", "none", "--node", "n1", "--capture", Capture, .. options], readStdout: false);

    private string[] Environments =>
        [$"AWS_ACCESS_KEY_ID={Key}", $"AWS_SECRET_ACCESS_KEY={Secret}", $"AWS_SESSION_TOKEN={Token}", "AWS_REGION=eu-central-1", $"AWS_ENDPOINT_URL={_store.Url}", "AWS_EC2_METADATA_DISABLED=true"];

    /// <summary>A sealed hour, made before the test checks uploads.</summary>
    private void Fill(int events)
    {
        Shell.Run(Repository.Agent, "run", "--json", "none", "--node", "n1", "--capture", Capture, "--source", $"synthetic:count={events}").MustSucceed();
        Assert.NotEmpty(Sealed);
    }

    private Shell.Result Once(string target)
    {
        var result = Shell.Run("/usr/bin/env", [.. Environments, Path.Combine(Path.GetDirectoryName(Repository.Agent)!, "netmon-archive"), "--capture", Capture, "--to", target, "--once"]);
        AssertNothingSecret(result.Error);
        return result;
    }

    private int Parts(int number) => _store.Requests.Count(line => line.Contains($"partNumber={number}&", StringComparison.Ordinal) && line.Contains(" 200 ", StringComparison.Ordinal));

    private int Tries(string status) => _store.Requests.Count(line => line.Contains(status, StringComparison.Ordinal));

    /// <summary>
    /// Everything is in the bucket after the agent has stopped. The agent gives the uploader five seconds for files sealed at the end; a busy
    /// machine may need longer: missing files must arrive in one more try, and the first must have used a large part of its time.
    /// </summary>
    private void AssertAllIn(string bucket)
    {
        Assert.NotEmpty(Sealed);
        if (!Array.TrueForAll(Sealed, file => File.Exists(Path.Combine(Capture, "archived", file))))
        {
            var clock = Stopwatch.StartNew();
            Assert.Equal(0, Once($"s3://{bucket}").ExitCode);
            Assert.True(clock.Elapsed > TimeSpan.FromSeconds(1), $"the agent's stop left files behind that take {clock.Elapsed} to upload");
        }

        Assert.All(Sealed, file => Assert.Equal(File.ReadAllBytes(Path.Combine(Capture, file)), _store.Get($"{bucket}/{file}")));
        Assert.All(Sealed, file => Assert.True(File.Exists(Path.Combine(Capture, "archived", file)), $"{file} is not marked"));
    }

    private static void AssertNothingSecret(string log) => Assert.All([Key, Secret, Token], secret => Assert.DoesNotContain(secret, log, StringComparison.Ordinal));
}

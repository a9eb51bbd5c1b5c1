using System.Diagnostics;
using System.Globalization;
using NetMon.Storage.Owners;
using NetMon.UnitTests.Readers;
using NetMon.UnitTests.Storage;
using NetMon.UnitTests.Storage.Rollups;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>
/// netmon-query over a bucket answers as over a directory with the same files, and fetches each file that the question needs once.
/// </summary>
public sealed class BucketTests : IAsyncLifetime
{
    private const string FirstHour = "date=2026-11-22/hour=19";
    private const string OfFirstHour = "SELECT node, count(*) AS n, sum(bytes_sent::HUGEINT) AS sent FROM events WHERE date = '2026-11-22' AND hour = 19 GROUP BY ALL ORDER BY ALL";
    private static readonly string[] Nodes = ["n1", "n2", "n3"];
    private readonly CaptureFolder _capture = new();
    private readonly string _caches = Directory.CreateTempSubdirectory("netmon-caches-").FullName;
    private BucketServer _server = null!;

    private string Cache => Path.Combine(_caches, "cache");

    private FileInfo[] Kept => new DirectoryInfo(Path.Combine(Cache, "objects")).GetFiles();

    public async ValueTask InitializeAsync()
    {
        foreach (var (node, index) in Nodes.Select((node, index) => (node, index)))
        {
            var sink = _capture.Open(node);
            foreach (var n in Enumerable.Range(0, 10))
            {
                var name = $"{node}-pod-{n}";
                sink.TakeOwner(new AddressOwner(name, new OwnerName(name, "shop", $"uid-{name}", "shop/web", "Deployment"), [$"10.0.1.{10 * index + n}"], Sample.Hour19));
            }

            sink.Advance(Sample.Hour19 + 1);
            sink.Write([.. Enumerable.Range(0, 3).SelectMany(hour => RollupFolder.Events(50 + 10 * index, seed: 10 * hour + index).Select(written => written with { UnixNanoseconds = written.UnixNanoseconds + hour * Sample.HourLong }))]);
            sink.Advance(Sample.Hour19 + Sample.HourLong + 20 * Sample.Second);
            sink.Advance(Sample.Hour19 + 2 * Sample.HourLong + 20 * Sample.Second);
            sink.Close();
        }

        Assert.Equal((9, 9), (_capture.Sealed.Length, _capture.Rollups.Length));
        _server = await BucketServer.StartAsync(_capture.Path);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _capture.Dispose();
        Directory.Delete(_caches, recursive: true);
    }

    [Theory]
    [InlineData(OfFirstHour)]
    [InlineData("SELECT * FROM events ORDER BY ALL")]
    [InlineData("SELECT * FROM talkers ORDER BY ALL")]
    [InlineData("SELECT * FROM completeness ORDER BY ALL")]
    [InlineData("SELECT count(*) FROM open_now; SELECT count(*) FROM events WHERE node = 'n2' AND timestamp >= '2026-11-22 20:00:00'")]
    [InlineData("SELECT * FROM loss")]
    [InlineData("SELECT * FROM owners ORDER BY ALL")]
    [InlineData("SELECT * FROM connections ORDER BY ALL")]
    public async Task The_answer_equals_that_of_a_directory_with_the_same_files(string sql)
    {
        var expected = await ProgramOutput.Of("netmon-query", new Dictionary<string, string>(), "--capture", _capture.Path, "--format", "csv", sql);
        var answer = await _server.Ask(Cache, sql);
        Assert.Equal((0, expected.Output, ""), (answer.ExitCode, answer.Output, answer.Error));
    }

    [Fact]
    public async Task The_overview_is_the_same()
    {
        var expected = await ProgramOutput.Of("netmon-query", new Dictionary<string, string>(), "--capture", _capture.Path, "--format", "table");
        var answer = await _server.Ask(Cache, "--format", "table");
        Assert.Equal((0, expected.Output, ""), (answer.ExitCode, answer.Output, answer.Error));
    }

    [Fact]
    public async Task A_question_about_an_hour_lists_and_fetches_only_that_hour_once()
    {
        var first = await _server.Ask(Cache, OfFirstHour);
        Assert.Equal(Nodes.Select(node => $"events/{FirstHour}/{node}.parquet"), _server.Fetched.Order(StringComparer.Ordinal));
        Assert.All(_server.Requests.Where(request => request.Contains("prefix=", StringComparison.Ordinal)).Skip(1), request => Assert.Contains(FirstHour, request, StringComparison.Ordinal));

        _server.Requests.Clear();
        var second = await _server.Ask(Cache, OfFirstHour);
        Assert.Equal((0, first.Output), (second.ExitCode, second.Output));
        Assert.Empty(_server.Fetched);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(Cache, "runs")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Cache));
        Assert.All(Kept, file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, file.UnixFileMode));
    }

    [Fact]
    public async Task Owners_are_fetched_for_questions_about_names_and_name_the_peers()
    {
        await _server.Ask(Cache, OfFirstHour);
        Assert.DoesNotContain(_server.Fetched, IsOwners);

        var who = await _server.Ask(Cache, "SELECT pod_name, workload FROM owners WHERE address = '10.0.1.12' ");
        Assert.Equal((0, "pod_name,workload\nn2-pod-2,shop/web\n", ""), (who.ExitCode, who.Output, who.Error));

        var named = await _server.Ask(Cache, "SELECT count(*) > 50 AS many, count(DISTINCT peer_pod_name) > 15 AS named FROM talkers WHERE peer_workload = 'shop/web'");
        Assert.Equal((0, "many,named\ntrue,true\n", ""), (named.ExitCode, named.Output, named.Error));
        Assert.Equal(9, _server.Fetched.Count(IsOwners));

        static bool IsOwners(string key) => key.StartsWith("owners/", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Counting_a_large_file_fetches_only_its_footer()
    {
        var sink = _capture.Open("n4");
        sink.Write([.. ExtremeEvents.OfHour(Sample.Hour19 + 5 * Sample.HourLong, 40_000).Select(written => written.Event)]);
        sink.Close();
        var file = Assert.Single(_capture.Sealed, name => name.EndsWith("n4.parquet", StringComparison.Ordinal));
        var bytes = new FileInfo(Path.Combine(_capture.Events, file)).Length;
        Assert.InRange(bytes, 600_000, long.MaxValue);

        const string counts = "SELECT node, date, hour, events FROM completeness ORDER BY ALL";
        var expected = await ProgramOutput.Of("netmon-query", new Dictionary<string, string>(), "--capture", _capture.Path, "--format", "csv", counts);
        var answer = await _server.Ask(Cache, counts);
        Assert.Equal((0, expected.Output, ""), (answer.ExitCode, answer.Output, answer.Error));
        var request = Assert.Single(_server.Requests, line => line.Contains($"/bucket/cluster-1/events/{file}", StringComparison.Ordinal));
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $"bytes={bytes - (256 << 10)}-"), request, StringComparison.Ordinal);

        var rows = await _server.Ask(Cache, "SELECT count(*) AS n, count(DISTINCT src_ip) > 100 AS many FROM events WHERE node = 'n4'");
        Assert.Equal((0, "n,many\n40000,true\n", ""), (rows.ExitCode, rows.Output, rows.Error)); // the cached footer is not taken for the file
    }

    [Fact]
    public async Task The_cache_stays_within_its_limit_and_a_question_that_needs_more_reports_it()
    {
        var ofAnHour = Nodes.Sum(node => new FileInfo(Path.Combine(_capture.Events, FirstHour, $"{node}.parquet")).Length);
        var bound = (ofAnHour * 3 / 2).ToString(CultureInfo.InvariantCulture);
        foreach (var hour in new[] { 19, 20, 21 })
        {
            var answer = await _server.Ask(Cache, "--cache-bytes", bound, $"SELECT count(*) AS n FROM events WHERE date = '2026-11-22' AND hour = {hour}");
            Assert.Equal((0, "n\n180\n", ""), (answer.ExitCode, answer.Output, answer.Error));
            Assert.InRange(Kept.Sum(file => file.Length), 1, ofAnHour * 3 / 2);
        }

        var all = await _server.Ask(Cache, "--cache-bytes", bound, "SELECT count(DISTINCT src_ip) FROM events");
        Assert.Equal((1, ""), (all.ExitCode, all.Output));
        Assert.Contains("raise --cache-bytes", all.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ServerFault.Gone, "it was removed from the bucket after it was listed")]
    [InlineData(ServerFault.CutOff, "it was cut off")]
    [InlineData(ServerFault.Garbles, "its content does not match its entity tag")]
    public async Task An_unavailable_object_is_reported_and_the_rest_is_answered(object fault, string why)
    {
        _server.FaultOf = key => key == $"events/{FirstHour}/n2.parquet" ? (ServerFault)fault : ServerFault.None;
        var answer = await _server.Ask(Cache, OfFirstHour);
        Assert.Equal(0, answer.ExitCode);
        Assert.Equal(["n1", "n3"], answer.Output.Split('\n')[1..^1].Select(line => line[..2]));
        Assert.Contains($"s3://bucket/cluster-1/events/{FirstHour}/n2.parquet is left out: {why}", answer.Error, StringComparison.Ordinal);

        var strict = await _server.Ask(Cache, "--strict", OfFirstHour);
        Assert.Equal((1, ""), (strict.ExitCode, strict.Output));
        Assert.Contains(why, strict.Error, StringComparison.Ordinal);

        _server.FaultOf = _ => ServerFault.None;
        Assert.Equal(4, (await _server.Ask(Cache, OfFirstHour)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }

    [Fact]
    public async Task Rows_answer_if_a_roll_up_is_not_available()
    {
        const string sql = "SELECT node, sum(connections)::BIGINT AS n FROM talkers GROUP BY ALL ORDER BY ALL";
        var expected = await _server.Ask(Cache, sql);
        Directory.Delete(Cache, recursive: true);
        _server.FaultOf = key => key == $"rollup/{FirstHour}/n2.parquet" ? ServerFault.Gone : ServerFault.None;
        _server.Requests.Clear();
        var answer = await _server.Ask(Cache, sql);
        Assert.Equal((0, expected.Output), (answer.ExitCode, answer.Output));
        Assert.Equal([$"events/{FirstHour}/n2.parquet"], _server.Fetched.Where(key => key.StartsWith("events/", StringComparison.Ordinal)));
        Assert.Contains("rollup/", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_file_in_the_cache_is_fetched_again()
    {
        var sound = await _server.Ask(Cache, OfFirstHour);
        foreach (var file in Kept)
        {
            var bytes = File.ReadAllBytes(file.FullName);
            Array.Fill(bytes, (byte)0x55, 4, bytes.Length / 2);
            File.WriteAllBytes(file.FullName, bytes);
        }

        var answer = await _server.Ask(Cache, OfFirstHour);
        Assert.Equal((0, sound.Output, ""), (answer.ExitCode, answer.Output, answer.Error));
    }

    [Fact]
    public async Task Concurrent_queries_succeed_and_keep_the_cache_valid()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _server.Ask(Cache, OfFirstHour)));
        Assert.All(answers, answer => Assert.Equal((0, answers[0].Output, ""), (answer.ExitCode, answer.Output, answer.Error)));
        Assert.Equal(Nodes.Length, Kept.Length);
    }

    [Fact]
    public async Task A_killed_query_ends_its_child_and_the_next_one_cleans_up()
    {
        _server.FaultOf = _ => ServerFault.Hangs;
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "netmon-query"), ["--capture", BucketServer.Capture, "--cache", Cache, OfFirstHour]) { RedirectStandardError = true };
        foreach (var (variable, value) in BucketServer.Environment(_server.Url))
        {
            start.Environment[variable] = value;
        }

        using (var query = Process.Start(start)!)
        {
            CaptureFolder.WaitFor(() => _server.Hanging == Nodes.Length, "all downloads to begin");
            query.Kill();
        }

        CaptureFolder.WaitFor(() => _server.Hanging == 0, "the child's end, which drops its connections");
        Assert.Single(Directory.GetDirectories(Path.Combine(Cache, "runs")));
        _server.FaultOf = _ => ServerFault.None;
        Assert.Equal(0, (await _server.Ask(Cache, OfFirstHour)).ExitCode);
        Assert.Empty(Directory.GetDirectories(Path.Combine(Cache, "runs")));
    }
}

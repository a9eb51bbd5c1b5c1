using NetMon.Events;
using NetMon.Query;
using NetMon.Storage;
using NetMon.Storage.Owners;
using NetMon.UnitTests.Query;
using Xunit;

namespace NetMon.UnitTests.Storage.Owners;

/// <summary>Files of owners as a sink writes them: of a current hour, of a past hour, after a crash, and in the next run.</summary>
public sealed class OwnerFileTests : IDisposable
{
    private const long Second = 1_000_000_000;
    private readonly CaptureFolder _capture = new();

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void A_file_of_owners_is_self_contained()
    {
        var sink = Open();
        sink.Advance(At(1));
        sink.TakeOwner(Pod("a", 10));
        sink.TakeOwner(Pod("b", 20) with { Addresses = ["10.244.1.6", "fd00::6"] });
        sink.TakeOwner(Pod("b", 20, 60) with { Addresses = ["10.244.1.6", "fd00::6"] });
        sink.Advance(At(100));
        CaptureFolder.WaitFor(() => Hot.Length == 1, "the file of the hour that goes on");
        sink.Advance(At(3600 + 20));
        CaptureFolder.WaitFor(() => Sealed.Length == 1, "the file of the first hour");
        sink.Advance(At(3600 + 21));
        sink.Close();

        Assert.Equal(
            ["10.244.1.5 a 10 NULL", "10.244.1.6 b 20 60", "fd00::6 b 20 60"],
            Rows("owners/date=2026-11-22/hour=19/node-1.parquet"));
        Assert.Equal(["10.244.1.5 a 10 NULL"], Rows("owners/date=2026-11-22/hour=20/node-1.parquet"));
        Assert.Empty(Hot);
        Assert.Empty(_capture.Reports);
    }

    [Fact]
    public void A_crash_keeps_known_owners_and_the_next_run_ends_those_that_are_gone()
    {
        var sink = Open();
        sink.Advance(At(1));
        sink.TakeOwner(Pod("stays", 10));
        sink.TakeOwner(Pod("goes", 20) with { Addresses = ["10.244.1.6"] });
        sink.Advance(At(100));
        CaptureFolder.WaitFor(() => Hot.Length == 1, "the file of the hour that goes on");
        sink.Abandon();

        var next = Open();
        Assert.Equal(["10.244.1.5 stays 10 NULL", "10.244.1.6 goes 20 NULL"], Rows(Sealed.Single()));
        next.TakeOwner(Pod("stays", 10));
        next.Advance(At(200));
        next.Close();

        Assert.Equal(["10.244.1.5,stays,", "10.244.1.6,goes,2026-11-22 19:01:40"], Ask("SELECT address, pod_name, to_time FROM owners ORDER BY 1"));
    }

    [Fact]
    public void A_run_without_reports_writes_nothing()
    {
        var sink = Open();
        sink.Advance(At(1));
        sink.TakeOwner(Pod("a", 10));
        sink.Advance(At(100));
        sink.Close();
        Open().Close();
        Assert.Single(Sealed);
    }

    [Fact]
    public void Queries_find_current_and_past_owners_of_an_address()
    {
        var sink = Open();
        sink.Advance(At(1));
        sink.Write([Close(At(50))]);
        sink.TakeOwner(Pod("a", 10));
        sink.TakeOwner(Pod("a", 10, 60));
        sink.TakeOwner(Pod("b", 60));
        sink.Write([Close(At(70))]);
        sink.Advance(At(100));
        CaptureFolder.WaitFor(() => Hot.Length == 1, "the file of the hour that goes on");
        string[] expected = ["50,a", "70,b"];
        const string question = "SELECT epoch(last)::BIGINT - epoch(TIMESTAMP '2026-11-22 19:00:00')::BIGINT, peer_pod_name FROM talkers ORDER BY 1";
        CaptureFolder.WaitFor(
            () =>
            {
                sink.Advance(At(101));
                return Ask(question).SequenceEqual(expected);
            },
            "both names");

        sink.Close();
        Assert.Equal(["a", "b"], Ask("SELECT peer_pod_name FROM connections ORDER BY closed_at"));
    }

    private static long At(long seconds) => Sample.Hour19 + seconds * Second;

    private static AddressOwner Pod(string name, long from, long until = 0) => new(
        name, new OwnerName(name, "shop", $"uid-{name}", $"shop/{name}", "Deployment"), ["10.244.1.5"], At(from), until == 0 ? 0 : At(until));

    private static ConnectionEvent Close(long at)
    {
        var close = Sample.Close(at);
        close.Peer = null;
        close.Record.DestinationAddress = Sample.Address("10.244.1.5");
        close.Record.DurationNanoseconds = 1000;
        return close;
    }

    private CaptureSink Open() => _capture.Open(change: options => options with { OwnersInterval = TimeSpan.Zero, OwnersListedWithin = TimeSpan.Zero });

    private string[] Hot => Files("hot", ".owners");

    private string[] Sealed => Files("owners", ".parquet");

    private string[] Files(string folder, string extension) => !Directory.Exists(Path.Combine(_capture.Path, folder)) ? []
        : [.. Directory.EnumerateFiles(Path.Combine(_capture.Path, folder), "*" + extension, SearchOption.AllDirectories).Select(path => Path.GetRelativePath(_capture.Path, path)).Order(StringComparer.Ordinal)];

    private string[] Rows(string path) =>
    [
        .. DuckDb.Query(
            $"SELECT concat_ws(' ', address, pod_name, epoch(from_time)::BIGINT - epoch(TIMESTAMP '2026-11-22 19:00:00')::BIGINT, coalesce((epoch(to_time)::BIGINT - epoch(TIMESTAMP '2026-11-22 19:00:00')::BIGINT)::VARCHAR, 'NULL')) "
            + $"FROM read_parquet('{_capture.Path}/{path}') ORDER BY address").Select(row => (string)row[0]!),
    ];

    private string[] Ask(string sql) =>
        _capture.Print(sql, OutputFormat.Csv).Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
}

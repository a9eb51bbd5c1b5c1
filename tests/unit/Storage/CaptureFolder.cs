using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Storage;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>A test's own capture directory, and the reports of the sinks on it.</summary>
public sealed class CaptureFolder : IDisposable
{
    private const int RowGroupRows = 10_000;

    public const string BootId = "2d1c0e8a-0000-4000-8000-000000000001";

    private readonly string _root = Directory.CreateTempSubdirectory("netmon-storage-").FullName;
    private readonly List<string> _reports = [];

    public CaptureFolder() => Path = System.IO.Path.Combine(_root, "capture");

    public string Path { get; }

    public string Hot => System.IO.Path.Combine(Path, "hot");

    public string Events => System.IO.Path.Combine(Path, "events");

    public string Loss => System.IO.Path.Combine(Path, "loss");

    /// <summary>A copy of the messages that the sinks logged.</summary>
    public IReadOnlyList<string> Reports
    {
        get
        {
            lock (_reports)
            {
                return [.. _reports];
            }
        }
    }

    /// <summary>Sealed files, relative to events/, in order.</summary>
    public string[] Sealed => [.. Files(Events).Where(file => file.EndsWith(".parquet", StringComparison.Ordinal))];

    /// <summary>Sealed roll-ups, relative to rollup/, in order.</summary>
    public string[] Rollups => Files(System.IO.Path.Combine(Path, "rollup"));

    /// <summary>Hot segments' paths, in order.</summary>
    public string[] Segments => [.. Files(Hot).Where(file => file.EndsWith(".arrows", StringComparison.Ordinal)).Select(file => System.IO.Path.Combine(Hot, file))];

    /// <summary>Pieces' paths, in order.</summary>
    public string[] Pieces => [.. Files(Hot).Where(file => file.EndsWith(".parquet", StringComparison.Ordinal)).Select(file => System.IO.Path.Combine(Hot, file))];

    /// <summary>A sink with small row groups, so that many sinks at once fit into the tests' memory.</summary>
    public CaptureSink Open(string node = "node-1", SinkCounters? counters = null, Func<CaptureSinkOptions, CaptureSinkOptions>? change = null)
    {
        var options = new CaptureSinkOptions
        {
            CaptureDirectory = Path,
            Node = node,
            AgentVersion = "0.1.0",
            BootId = BootId,
            KeepFree = new FreeDisk(0, null),
            RetainFor = null,
            ClockSteadyFor = TimeSpan.Zero,
            RetainEvery = TimeSpan.FromMilliseconds(100),
            RowGroupRows = RowGroupRows,
            StopPatience = Patience.Limit, // a busy machine may starve the thread that seals, which is behind all others
        };
        return new CaptureSink(change?.Invoke(options) ?? options, counters ?? new SinkCounters("parquet"), new Logger(Report, "storage"));
    }

    /// <summary>Waits for the sealing thread to reach a condition.</summary>
    public static void WaitFor(Func<bool> condition, string what) => Assert.True(SpinWait.SpinUntil(condition, Patience.Limit), $"waited in vain for {what}");

    /// <summary>Waits until this many files are sealed and hot/ has only open hours.</summary>
    public void WaitForSealed(int files, int segmentsLeft = 0) => WaitFor(
        () => Sealed.Length == files && Segments.Length == segmentsLeft, $"{files} sealed files; there are {string.Join(", ", Sealed)} and segments {string.Join(", ", Segments)}");

    /// <summary>Runs SQL in which {events} and {loss} stand for the documented ways to read the directory.</summary>
    public List<object?[]> Query(string sql) => DuckDb.Query(
        sql.Replace("{events}", $"read_parquet('{Path}/events/**/*.parquet', hive_partitioning = true)", StringComparison.Ordinal)
            .Replace("{loss}", $"read_parquet('{Path}/loss/**/*.parquet', hive_partitioning = true)", StringComparison.Ordinal));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string[] Files(string folder) => !Directory.Exists(folder)
        ? []
        : [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal)];

    private void Report(LogEntry entry)
    {
        lock (_reports)
        {
            _reports.Add(entry.Message);
        }
    }
}

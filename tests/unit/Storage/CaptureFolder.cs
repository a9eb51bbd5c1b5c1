using NetMon.Events;
using NetMon.Storage;

namespace NetMon.UnitTests.Storage;

/// <summary>A capture directory of a test's own, and what the sinks on it reported.</summary>
public sealed class CaptureFolder : IDisposable
{
    public const string BootId = "2d1c0e8a-0000-4000-8000-000000000001";

    private readonly string _root = Directory.CreateTempSubdirectory("netmon-storage-").FullName;

    public CaptureFolder() => Path = System.IO.Path.Combine(_root, "capture");

    public string Path { get; }

    public string Hot => System.IO.Path.Combine(Path, "hot");

    public string Events => System.IO.Path.Combine(Path, "events");

    public List<string> Reports { get; } = [];

    /// <summary>Sealed files, relative to events/, in order.</summary>
    public string[] Sealed => Files(Events);

    /// <summary>Unsealed files' paths.</summary>
    public string[] Partials => Directory.GetFiles(Hot, "*.partial");

    public ParquetSink Open(
        string node = "node-1", int rowGroupRows = 65_536, SinkCounters? counters = null, string? path = null,
        IReadOnlyDictionary<string, string>? losses = null, Action<string>? syncFolder = null) =>
        new(
            new ParquetSinkOptions
            {
                CaptureDirectory = path ?? Path,
                Node = node,
                AgentVersion = "0.1.0",
                BootId = BootId,
                RowGroupRows = rowGroupRows,
                LossTotals = losses is null ? null : () => losses,
                SyncFolder = syncFolder,
            },
            counters ?? new SinkCounters(),
            Reports.Add);

    /// <summary>Runs SQL in which {events} is the documented way to read the directory.</summary>
    public List<object?[]> Query(string sql) => DuckDb.Query(
        sql.Replace("{events}", $"read_parquet('{Path}/events/**/*.parquet', hive_partitioning = true)", StringComparison.Ordinal));

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static string[] Files(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => System.IO.Path.GetRelativePath(folder, file)).Order(StringComparer.Ordinal),
    ];
}

using System.Globalization;
using NetMon.Events.Columns;
using NetMon.Foundation;
using NetMon.Storage.Cold;

namespace NetMon.Storage;

/// <summary>The key-value metadata of pieces and sealed files.</summary>
internal static class FileMetadata
{
    /// <summary>The node's name.</summary>
    public const string NodeKey = "netmon.node";

    /// <summary>The time of the first event: RFC 3339, UTC, with nanoseconds.</summary>
    public const string FirstKey = "netmon.first_timestamp";

    /// <summary>The time of the last event.</summary>
    public const string LastKey = "netmon.last_timestamp";

    /// <summary>Ids of a piece's containers that had no names when it was made; comma-separated.</summary>
    private const string UnnamedKey = "netmon.unnamed";

    private const int NanosecondDigits = 9;

    /// <summary>The application that wrote a file, in the form that Parquet readers parse.</summary>
    public static string CreatedBy(string agentVersion) => $"netmon version {agentVersion}";

    /// <summary>Returns the metadata of a piece after all its rows are written.</summary>
    public static IReadOnlyDictionary<string, string> OfPiece(PieceFile file, CaptureSinkOptions options, IEnumerable<string> segments, IReadOnlyCollection<string> unnamed)
    {
        var metadata = Of(
            options, file.Rows, Rfc3339.Format(file.FirstUnixNanoseconds, NanosecondDigits), Rfc3339.Format(file.LastUnixNanoseconds, NanosecondDigits), segments);
        if (unnamed.Count > 0)
        {
            metadata[UnnamedKey] = string.Join(',', unnamed);
        }

        return metadata;
    }

    /// <summary>Returns the metadata of an hour's file.</summary>
    public static IReadOnlyDictionary<string, string> OfHour(CaptureSinkOptions options, long rows, string first, string last, IEnumerable<string> pieces)
    {
        var metadata = Of(options, rows, first, last, pieces);
        foreach (var loss in options.LossTotals?.Invoke() ?? [])
        {
            metadata["netmon.loss." + loss.Name] = loss.Count.ToString(CultureInfo.InvariantCulture);
        }

        return metadata;
    }

    /// <summary>Returns the ids that were passed to <see cref="OfPiece"/>.</summary>
    public static string[] UnnamedIn(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue(UnnamedKey, out var ids) ? ids.Split(',', StringSplitOptions.RemoveEmptyEntries) : [];

    private static Dictionary<string, string> Of(CaptureSinkOptions options, long rows, string first, string last, IEnumerable<string> madeOf) => new()
    {
        ["netmon.schema_version"] = EventColumns.SchemaVersion.ToString(CultureInfo.InvariantCulture),
        ["netmon.agent_version"] = options.AgentVersion,
        [NodeKey] = options.Node,
        ["netmon.boot_id"] = options.BootId,
        [FirstKey] = first,
        [LastKey] = last,
        ["netmon.rows"] = rows.ToString(CultureInfo.InvariantCulture),
        [SealedFile.SegmentsKey] = SealedFile.SegmentsText(madeOf),
    };
}

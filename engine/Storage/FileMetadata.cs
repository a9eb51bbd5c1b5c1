using System.Globalization;
using NetMon.Events.Columns;
using NetMon.Storage.Cold;

namespace NetMon.Storage;

/// <summary>The key-value metadata of a sealed file.</summary>
internal static class FileMetadata
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The application that wrote a file, in the form that readers look for.</summary>
    public static string CreatedBy(string agentVersion) => $"netmon version {agentVersion}";

    /// <summary>The metadata of a file whose rows are all written.</summary>
    public static IReadOnlyDictionary<string, string> Of(ColdFile file, CaptureSinkOptions options, string segments)
    {
        var metadata = new Dictionary<string, string>
        {
            ["netmon.schema_version"] = EventColumns.SchemaVersion.ToString(CultureInfo.InvariantCulture),
            ["netmon.agent_version"] = options.AgentVersion,
            ["netmon.node"] = options.Node,
            ["netmon.boot_id"] = options.BootId,
            ["netmon.first_timestamp"] = Rfc3339(file.FirstUnixNanoseconds),
            ["netmon.last_timestamp"] = Rfc3339(file.LastUnixNanoseconds),
            ["netmon.rows"] = file.Rows.ToString(CultureInfo.InvariantCulture),
            [SealedFile.SegmentsKey] = segments,
        };

        foreach (var (what, total) in options.LossTotals?.Invoke() ?? new Dictionary<string, long>())
        {
            metadata["netmon.loss." + what] = total.ToString(CultureInfo.InvariantCulture);
        }

        return metadata;
    }

    /// <summary>2026-11-22T19:00:00.000000001Z</summary>
    private static string Rfc3339(long unixNanoseconds)
    {
        var seconds = Math.DivRem(unixNanoseconds, NanosecondsPerSecond, out var nanoseconds);
        if (nanoseconds < 0)
        {
            (seconds, nanoseconds) = (seconds - 1, nanoseconds + NanosecondsPerSecond);
        }

        var time = DateTime.UnixEpoch.AddSeconds(seconds);
        return string.Create(CultureInfo.InvariantCulture, $"{time:yyyy-MM-ddTHH:mm:ss}.{nanoseconds:D9}Z");
    }
}

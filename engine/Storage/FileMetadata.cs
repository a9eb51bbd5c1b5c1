using System.Globalization;
using NetMon.Events.Columns;
using NetMon.Foundation;
using NetMon.Storage.Cold;

namespace NetMon.Storage;

/// <summary>The key-value metadata of a sealed file.</summary>
internal static class FileMetadata
{
    private const int NanosecondDigits = 9;

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
            ["netmon.first_timestamp"] = Rfc3339.Format(file.FirstUnixNanoseconds, NanosecondDigits),
            ["netmon.last_timestamp"] = Rfc3339.Format(file.LastUnixNanoseconds, NanosecondDigits),
            ["netmon.rows"] = file.Rows.ToString(CultureInfo.InvariantCulture),
            [SealedFile.SegmentsKey] = segments,
        };

        foreach (var loss in options.LossTotals?.Invoke() ?? [])
        {
            metadata["netmon.loss." + loss.Name] = loss.Count.ToString(CultureInfo.InvariantCulture);
        }

        return metadata;
    }
}

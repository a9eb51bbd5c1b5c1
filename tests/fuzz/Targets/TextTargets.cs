using NetMon.Enrichment.Runtimes;
using NetMon.Foundation.CommandLines;
using NetMon.Host;
using NetMon.Host.Metrics;
using NetMon.Query;
using NetMon.Query.Planning;
using NetMon.Query.Sql;
using NetMon.Storage.Uploads;

namespace NetMon.Fuzz.Targets;

/// <summary>Input from users: options and questions.</summary>
internal static class TextTargets
{
    /// <summary>An option's value, parsed as each type.</summary>
    public static void Options(ReadOnlyMemory<byte> input)
    {
        var text = Text.Of(input);
        foreach (var read in (Action[])
            [
                () => RuntimeEndpoint.ParseList(text),
                () => TimeText.Parse(text),
                () => SourceSpec.Parse(text),
                () => ListenAddress.Parse("--metrics", text),
                () => UploadTarget.Parse(text),
                () => StorageSettings.Parse(text, "none", "none", "none", null),
                () => StorageSettings.Parse("1s", text, "none", "none", null),
                () => StorageSettings.Parse("1s", "none", text, "none", null),
                () => StorageSettings.Parse("1s", "none", "none", text, null),
                () => StorageSettings.Parse("1s", "none", "none", "none", text),
            ])
        {
            try
            {
                read();
            }
            catch (Exception e) when (e is UsageException or FormatException)
            {
                // Refused.
            }
        }
    }

    /// <summary>Conditions of a scan, one per line, as in DuckDB's plan, and a question.</summary>
    public static void Filters(ReadOnlyMemory<byte> input)
    {
        var text = Text.Of(input);
        FilterText.Bounds(text.Split('\n'));
        try
        {
            Statement.Parse(text);
        }
        catch (QueryException)
        {
            // Refused.
        }
    }
}

using NetMon.Events;

namespace NetMon.Query.Filters;

/// <summary>The words for types, directions and results in options: in any case, with - for _, and with common synonyms such as timeout.</summary>
internal static class FilterWords
{
    private static readonly Dictionary<string, RecordKind> Types = new[] { RecordKind.Connect, RecordKind.Accept, RecordKind.Close, RecordKind.Flow }
        .ToDictionary(Vocabulary.Text, StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, Direction> Directions = new[] { Direction.Outbound, Direction.Inbound }
        .ToDictionary(Vocabulary.Text, StringComparer.OrdinalIgnoreCase);

    private static readonly Dictionary<string, ConnectResult> Results = new(
        Enum.GetValues<ConnectResult>().Select(result => KeyValuePair.Create(Vocabulary.Text(result), result)).Append(new("timeout", ConnectResult.TimedOut)), StringComparer.OrdinalIgnoreCase);

    /// <exception cref="FormatException">The word is unknown.</exception>
    public static RecordKind TypeOf(string text) => Types.TryGetValue(text, out var type) ? type
        : throw new FormatException($"--type {text}: expected connect, accept, close or flow");

    /// <exception cref="FormatException">The word is unknown.</exception>
    public static Direction? DirectionOf(string? text) => text is null ? null : Directions.TryGetValue(text, out var direction) ? direction
        : throw new FormatException($"--direction {text}: expected outbound or inbound");

    /// <exception cref="FormatException">The word is unknown.</exception>
    public static ConnectResult ResultOf(string text) => Results.TryGetValue(text.Replace('-', '_'), out var result) ? result
        : throw new FormatException($"--result {text}: expected established, refused, timed_out, reset, host_unreachable, net_unreachable, aborted or other");
}

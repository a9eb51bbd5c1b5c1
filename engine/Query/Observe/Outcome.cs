using NetMon.Events;

namespace NetMon.Query.Observe;

/// <summary>What an event reports about its connection, for display.</summary>
/// <param name="Type">CONNECT, ACCEPT, CLOSE, FLOW.</param>
/// <param name="Word">The result of a CONNECT, the reason of a CLOSE; else empty.</param>
/// <param name="Ink">Its colour.</param>
/// <param name="IsUsual">Whether the type suffices if there is little room.</param>
internal readonly record struct Outcome(string Type, string Word, Ink Ink, bool IsUsual)
{
    /// <summary>The width of the longest type and word: CONNECT host_unreachable.</summary>
    public const int Width = 24;

    /// <summary>The width if there is little room.</summary>
    public const int NarrowWidth = 13;

    public static Outcome Of(in EventFacts facts) => facts.Kind switch
    {
        RecordKind.Connect when facts.Result == ConnectResult.Established => new("CONNECT", "established", Ink.Opened, IsUsual: true),
        RecordKind.Connect => new("CONNECT", Vocabulary.Text(facts.Result), Ink.Failed, IsUsual: false),
        RecordKind.Accept => new("ACCEPT", "", Ink.Opened, IsUsual: true),
        RecordKind.Flow => new("FLOW", "", Ink.Running, IsUsual: true),
        _ when facts.Reason is CloseReason.FinLocal or CloseReason.FinRemote => new("CLOSE", Vocabulary.Text(facts.Reason), Ink.Dim, IsUsual: true),
        _ => new("CLOSE", Vocabulary.Text(facts.Reason), Ink.Odd, IsUsual: false),
    };

    public override string ToString() => Word.Length > 0 ? $"{Type} {Word}" : Type;

    /// <summary>Formats in approximately <see cref="NarrowWidth"/> characters: the word if it is unusual, else the type.</summary>
    public string ToNarrowString() => IsUsual ? Type : Word;
}

using NetMon.Events;

namespace NetMon.Storage.Columns;

/// <summary>The dictionaries of the contract's words; a word's index is its enum value, where there is one.</summary>
internal static class Words
{
    public static readonly TextDictionary Types = TextDictionary.Of(
        Vocabulary.Text(RecordKind.Connect), Vocabulary.Text(RecordKind.Accept), Vocabulary.Text(RecordKind.Close));

    public static readonly TextDictionary Protocols = TextDictionary.Of(Vocabulary.Protocol);

    public static readonly TextDictionary Directions = TextDictionary.Of(
        Vocabulary.Text(Direction.Outbound), Vocabulary.Text(Direction.Inbound));

    public static readonly TextDictionary Results = TextDictionary.Of(
        Array.ConvertAll(Enum.GetValues<ConnectResult>(), Vocabulary.Text));

    public static readonly TextDictionary Endings = TextDictionary.Of(
        Array.ConvertAll(Enum.GetValues<Ending>(), Vocabulary.Text));

    /// <summary>The index in <see cref="Types"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not CONNECT, ACCEPT or CLOSE.</exception>
    public static int Index(RecordKind kind) => kind is >= RecordKind.Connect and <= RecordKind.Close
        ? kind - RecordKind.Connect
        : throw new ArgumentOutOfRangeException(nameof(kind), kind, "not an event");

    /// <summary>The index in <see cref="Directions"/>.</summary>
    public static int Index(Direction direction) => direction == Direction.Inbound ? 1 : 0;

    /// <summary>The index in <see cref="Endings"/>; what this build does not know is an error, as in JSON.</summary>
    public static int Index(Ending ending) => (int)(ending <= Ending.Error ? ending : Ending.Error);
}

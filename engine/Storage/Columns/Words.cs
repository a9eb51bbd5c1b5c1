using NetMon.Events;

namespace NetMon.Storage.Columns;

/// <summary>The contract's words; a word's index is its enum value, where there is one.</summary>
internal static class Words
{
    public static readonly string[] Types =
        [Vocabulary.Text(RecordKind.Connect), Vocabulary.Text(RecordKind.Accept), Vocabulary.Text(RecordKind.Close)];

    public static readonly string[] Protocols = [Vocabulary.Protocol];

    public static readonly string[] Directions = [Vocabulary.Text(Direction.Outbound), Vocabulary.Text(Direction.Inbound)];

    public static readonly string[] Results = Array.ConvertAll(Enum.GetValues<ConnectResult>(), Vocabulary.Text);

    public static readonly string[] CloseReasons = Array.ConvertAll(Enum.GetValues<CloseReason>(), Vocabulary.Text);

    /// <summary>The index in <see cref="Types"/> of a kind that is CONNECT, ACCEPT or CLOSE.</summary>
    public static int Index(RecordKind kind) => kind - RecordKind.Connect;

    /// <summary>The index in <see cref="Directions"/>.</summary>
    public static int Index(Direction direction) => direction == Direction.Inbound ? 1 : 0;

    /// <summary>The index in <see cref="CloseReasons"/>; what this build does not know is an error, as in JSON.</summary>
    public static int Index(CloseReason reason) => (int)(reason <= CloseReason.Error ? reason : CloseReason.Error);
}

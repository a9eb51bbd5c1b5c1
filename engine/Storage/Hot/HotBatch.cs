using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// A batch of a hot segment, by column. The spans refer to the reader's buffer and are valid until the next call of
/// <see cref="HotSegmentReader.TryRead"/>. All spans have <see cref="Rows"/> values.
/// </summary>
public sealed class HotBatch
{
    private readonly int[] _columns = new int[HotFormat.Current.Columns.Fields.Count];
    private byte[] _message = [];

    internal HotBatch() => References = [Containers, Peers];

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Unix nanoseconds; ordered except for late rows.</summary>
    public ReadOnlySpan<long> Timestamps => Values<long>(EventFields.Time);

    /// <summary>CONNECT, ACCEPT, CLOSE or FLOW.</summary>
    public ReadOnlySpan<RecordKind> Kinds => Values<RecordKind>(EventFields.Kind);

    /// <summary>The rows' containers; null for processes of the host.</summary>
    public HotIdentities<ContainerIdentity> Containers { get; } = new(ContainerKind.Texts, ContainerKind.Empty);

    /// <summary>The rows' peers, where known.</summary>
    public HotIdentities<PeerIdentity> Peers { get; } = new(PeerKind.Texts, PeerKind.Empty);

    /// <summary>Containers and peers, by the numbers of their dictionaries.</summary>
    internal IReadOnlyList<HotReferences> References { get; }

    /// <summary>Returns the stored values of a field.</summary>
    public ReadOnlySpan<byte> Column(EventField field) => Column(HotColumns.IndexOf(field));

    /// <summary>Returns the facts of a row.</summary>
    public EventFacts FactsOf(int row) => new(
        Kinds[row],
        Values<Direction>(EventFields.Direction)[row],
        Values<CloseReason>(EventFields.CloseReason)[row],
        Values<RecordFlags>(EventFields.Flags)[row],
        Values<uint>(EventFields.Error)[row],
        Values<ulong>(EventFields.ConnectionId)[row] != 0,
        Values<ulong>(EventFields.Latency)[row] != 0);

    internal void Become(byte[] message, int rows)
    {
        var format = HotFormat.Current;
        var body = format.Messages.Batch.Length;
        (_message, Rows) = (message, rows);
        for (var column = 0; column < _columns.Length; column++)
        {
            _columns[column] = body + format.Layout.Column(column, rows);
        }

        for (var dictionary = 0; dictionary < References.Count; dictionary++)
        {
            References[dictionary].Become(
                message, rows, body + format.Layout.Validity(dictionary, rows), body + format.Layout.Column(format.Columns.ColumnOf(dictionary), rows));
        }
    }

    /// <summary>Whether every kind is valid.</summary>
    internal bool IsSound()
    {
        foreach (var kind in Kinds)
        {
            if (kind is < RecordKind.Connect or > RecordKind.Flow)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Returns the stored values of a column of <see cref="HotColumns"/>.</summary>
    internal ReadOnlySpan<byte> Column(int column) => _message.AsSpan(_columns[column], HotFormat.Current.Columns.Widths[column] * Rows);

    private ReadOnlySpan<T> Values<T>(EventField field)
        where T : struct =>
        MemoryMarshal.Cast<byte, T>(Column(field));
}

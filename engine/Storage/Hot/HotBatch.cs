using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// A batch of a hot segment, column by column. The spans are over the reader's buffer: valid until its next
/// <see cref="HotSegmentReader.TryRead"/>. All spans have <see cref="Rows"/> values.
/// </summary>
public sealed class HotBatch
{
    private ContainerIdentity[] _containers = [];
    private byte[] _message = [];
    private readonly int[] _columns = new int[HotFormat.Current.Columns.Count];
    private int _validity;

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Nanoseconds since 1970, UTC; in order but for stragglers.</summary>
    public ReadOnlySpan<long> Timestamps => Values<long>(EventFields.Time);

    /// <summary>CONNECT, ACCEPT, CLOSE or FLOW.</summary>
    public ReadOnlySpan<RecordKind> Kinds => Values<RecordKind>(EventFields.Kind);

    /// <summary>Index into <see cref="Containers"/>, valid where <see cref="IsInContainer"/> is true.</summary>
    public ReadOnlySpan<short> ContainerIndices => MemoryMarshal.Cast<byte, short>(Column(HotFormat.Current.Columns.Container));

    /// <summary>The containers that this batch may refer to; the same objects as long as they stay in the segment's dictionary.</summary>
    public IReadOnlyList<ContainerIdentity> Containers => _containers;

    /// <summary>The stored values of a field, one after the other.</summary>
    public ReadOnlySpan<byte> Column(EventField field) => Column(HotColumns.IndexOf(field));

    /// <summary>Whether the row's process is in a container.</summary>
    public bool IsInContainer(int row) => (_message[_validity + row / 8] >> (row % 8) & 1) != 0;

    /// <summary>The row's container; null for a process of the host.</summary>
    public ContainerIdentity? ContainerOf(int row) => IsInContainer(row) ? _containers[ContainerIndices[row]] : null;

    /// <summary>Whether any row's process is in a container.</summary>
    internal bool HasContainers => _message.AsSpan(_validity, (Rows + 7) / 8).ContainsAnyExcept((byte)0);

    /// <summary>The facts of a row.</summary>
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
        (_message, Rows, _validity) = (message, rows, format.Messages.Batch.Length + format.Layout.Validity(rows));
        for (var column = 0; column < _columns.Length; column++)
        {
            _columns[column] = format.Messages.Batch.Length + format.Layout.Column(column, rows);
        }
    }

    /// <summary>The dictionary for the rows to come; the array is not written to afterwards.</summary>
    internal void SetContainers(ContainerIdentity[] containers) => _containers = containers;

    /// <summary>The array behind <see cref="Containers"/>.</summary>
    internal ContainerIdentity[] Dictionary => _containers;

    /// <summary>Whether every kind is one.</summary>
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

    /// <summary>Whether every container that a row refers to is in the dictionary.</summary>
    internal bool HasItsContainers()
    {
        var indices = ContainerIndices;
        for (var row = 0; row < indices.Length; row++)
        {
            if (IsInContainer(row) && (uint)indices[row] >= _containers.Length)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The stored values of a column of <see cref="HotColumns"/>.</summary>
    internal ReadOnlySpan<byte> Column(int column) => _message.AsSpan(_columns[column], HotFormat.Current.Columns.Widths[column] * Rows);

    private ReadOnlySpan<T> Values<T>(EventField field)
        where T : struct =>
        MemoryMarshal.Cast<byte, T>(Column(field));
}

using System.Runtime.InteropServices;
using NetMon.Events;

namespace NetMon.Storage.Hot;

/// <summary>
/// A batch of a hot segment, column by column. The spans are over the reader's buffer: valid until its next
/// <see cref="HotSegmentReader.TryRead"/>. All spans have <see cref="Rows"/> values.
/// </summary>
public sealed class HotBatch
{
    private ContainerIdentity[] _containers = [];
    private byte[] _message = [];
    private readonly int[] _columns = new int[HotColumns.Count];
    private int _validity;

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Nanoseconds since 1970, UTC; in order but for stragglers.</summary>
    public ReadOnlySpan<long> Timestamps => Column<long>(HotColumns.Timestamp);

    /// <summary>CONNECT, ACCEPT or CLOSE.</summary>
    public ReadOnlySpan<RecordKind> Kinds => Column<RecordKind>(HotColumns.Kind);

    /// <summary>The process's side.</summary>
    public ReadOnlySpan<Direction> Directions => Column<Direction>(HotColumns.Direction);

    /// <summary>How a CLOSE came.</summary>
    public ReadOnlySpan<CloseReason> CloseReasons => Column<CloseReason>(HotColumns.CloseReason);

    /// <summary>What is less than exact.</summary>
    public ReadOnlySpan<RecordFlags> Flags => Column<RecordFlags>(HotColumns.Flags);

    /// <summary>Addresses of who opened the connection, as <see cref="AddressText"/> takes them.</summary>
    public ReadOnlySpan<InlineBytes16> SourceAddresses => Column<InlineBytes16>(HotColumns.SourceAddress);

    /// <summary>Addresses of who was called.</summary>
    public ReadOnlySpan<InlineBytes16> DestinationAddresses => Column<InlineBytes16>(HotColumns.DestinationAddress);

    public ReadOnlySpan<ushort> SourcePorts => Column<ushort>(HotColumns.SourcePort);

    public ReadOnlySpan<ushort> DestinationPorts => Column<ushort>(HotColumns.DestinationPort);

    public ReadOnlySpan<uint> NetworkNamespaces => Column<uint>(HotColumns.NetworkNamespace);

    public ReadOnlySpan<uint> Pids => Column<uint>(HotColumns.Pid);

    public ReadOnlySpan<uint> Uids => Column<uint>(HotColumns.Uid);

    public ReadOnlySpan<ulong> CgroupIds => Column<ulong>(HotColumns.CgroupId);

    /// <summary>Names of processes, zero-filled.</summary>
    public ReadOnlySpan<InlineBytes16> Processes => Column<InlineBytes16>(HotColumns.Process);

    /// <summary>CONNECT: the latency; CLOSE: the duration; nanoseconds.</summary>
    public ReadOnlySpan<ulong> ElapsedNanoseconds => Column<ulong>(HotColumns.Elapsed);

    public ReadOnlySpan<ulong> BytesSent => Column<ulong>(HotColumns.BytesSent);

    public ReadOnlySpan<ulong> BytesReceived => Column<ulong>(HotColumns.BytesReceived);

    public ReadOnlySpan<uint> SmoothedRttMicroseconds => Column<uint>(HotColumns.SmoothedRtt);

    public ReadOnlySpan<uint> Retransmits => Column<uint>(HotColumns.Retransmits);

    /// <summary>Errno of a failed CONNECT.</summary>
    public ReadOnlySpan<uint> Errors => Column<uint>(HotColumns.Error);

    /// <summary>Index into <see cref="Containers"/>, where <see cref="IsInContainer"/>.</summary>
    public ReadOnlySpan<short> ContainerIndices => Column<short>(HotColumns.Container);

    /// <summary>The containers that this batch may refer to; the same objects as long as they stay in the segment's dictionary.</summary>
    public IReadOnlyList<ContainerIdentity> Containers => _containers;

    /// <summary>Whether the row's process is in a container.</summary>
    public bool IsInContainer(int row) => (_message[_validity + row / 8] >> (row % 8) & 1) != 0;

    /// <summary>The row's container; null for a process of the host.</summary>
    public ContainerIdentity? ContainerOf(int row) => IsInContainer(row) ? _containers[ContainerIndices[row]] : null;

    internal void Become(byte[] message, int rows)
    {
        (_message, Rows, _validity) = (message, rows, HotMessages.Batch.Length + HotLayout.Validity(rows));
        for (var column = 0; column < _columns.Length; column++)
        {
            _columns[column] = HotMessages.Batch.Length + HotLayout.Column(column, rows);
        }
    }

    /// <summary>The dictionary for the rows to come; the array is not written to afterwards.</summary>
    internal void SetContainers(ContainerIdentity[] containers) => _containers = containers;

    /// <summary>The array behind <see cref="Containers"/>.</summary>
    internal ContainerIdentity[] Dictionary => _containers;

    /// <summary>Whether every kind is one and every index has its entry.</summary>
    internal bool IsSound()
    {
        var indices = ContainerIndices;
        var kinds = Kinds;
        for (var row = 0; row < kinds.Length; row++)
        {
            if (kinds[row] is < RecordKind.Connect or > RecordKind.Close || (IsInContainer(row) && (uint)indices[row] >= _containers.Length))
            {
                return false;
            }
        }

        return true;
    }

    private ReadOnlySpan<T> Column<T>(int column)
        where T : struct =>
        MemoryMarshal.Cast<byte, T>(_message.AsSpan(_columns[column], HotColumns.Widths[column] * Rows));
}

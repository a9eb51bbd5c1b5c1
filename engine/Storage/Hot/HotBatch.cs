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
    private int _body;

    /// <summary>Number of rows.</summary>
    public int Rows { get; private set; }

    /// <summary>Nanoseconds since 1970, UTC; in order but for stragglers.</summary>
    public ReadOnlySpan<long> Timestamps => Column<long>(HotColumns.Timestamp);

    /// <summary>CONNECT, ACCEPT or CLOSE.</summary>
    public ReadOnlySpan<RecordKind> Kinds => Column<RecordKind>(HotColumns.Kind);

    /// <summary>The process's side.</summary>
    public ReadOnlySpan<Direction> Directions => Column<Direction>(HotColumns.Direction);

    /// <summary>How a CLOSE came.</summary>
    public ReadOnlySpan<Ending> Endings => Column<Ending>(HotColumns.Ending);

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
    public bool IsInContainer(int row) => (_message[_body + HotLayout.Validity(Rows) + row / 8] >> (row % 8) & 1) != 0;

    /// <summary>The row's container; null for a process of the host.</summary>
    public ContainerIdentity? ContainerOf(int row) => IsInContainer(row) ? _containers[ContainerIndices[row]] : null;

    internal void Become(byte[] message, int rows) => (_message, _body, Rows) = (message, HotMessages.Batch.Length, rows);

    /// <summary>The dictionary for the rows to come; the array is not written to afterwards.</summary>
    internal void SetContainers(ContainerIdentity[] containers) => _containers = containers;

    /// <summary>The array behind <see cref="Containers"/>.</summary>
    internal ContainerIdentity[] Dictionary => _containers;

    /// <summary>Puts a row together again, but for the time in the kernel's own clock.</summary>
    internal void Restore(int row, out ConnectionEvent restored)
    {
        restored = default;
        restored.UnixNanoseconds = Timestamps[row];
        restored.Container = ContainerOf(row);
        ref var record = ref restored.Record;
        record.Size = ConnectionRecord.ByteSize;
        record.Version = ConnectionRecord.CurrentVersion;
        record.Kind = Kinds[row];
        record.Direction = Directions[row];
        record.Ending = Endings[row];
        record.Flags = Flags[row];
        record.SourceAddress = SourceAddresses[row];
        record.DestinationAddress = DestinationAddresses[row];
        record.SourcePort = SourcePorts[row];
        record.DestinationPort = DestinationPorts[row];
        record.NetworkNamespace = NetworkNamespaces[row];
        record.Owner = new OwnerRecord { CgroupId = CgroupIds[row], Pid = Pids[row], Uid = Uids[row], Comm = Processes[row] };
        record.ElapsedNanoseconds = ElapsedNanoseconds[row];
        record.BytesSent = BytesSent[row];
        record.BytesReceived = BytesReceived[row];
        record.SmoothedRttMicroseconds = SmoothedRttMicroseconds[row];
        record.Retransmits = Retransmits[row];
        record.Error = Errors[row];
    }

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
        MemoryMarshal.Cast<byte, T>(_message.AsSpan(_body + HotLayout.Column(column, Rows), HotColumns.Widths[column] * Rows));
}

using System.Runtime.InteropServices;
using NetMon.Events;

namespace NetMon.Storage.Hot;

/// <summary>
/// Gathers the columns of the next batch of a segment, straight from the records. Its memory is a body of the most rows
/// that a batch may have, taken once. One thread.
/// </summary>
internal sealed class HotBatchBuilder
{
    private readonly byte[] _body = new byte[HotLayout.BodyLength(HotLimits.BatchRows)];
    private int _nulls;

    public int Rows { get; private set; }

    public bool IsFull => Rows == HotLimits.BatchRows;

    /// <summary>Bytes of the message that <see cref="Write"/> writes.</summary>
    public int MessageLength => HotMessages.Batch.Length + HotLayout.BodyLength(Rows);

    /// <summary>Takes the first events, as many as it has room for and all containers have an index; returns how many.</summary>
    public int Add(ReadOnlySpan<ConnectionEvent> events, ContainerDictionary containers)
    {
        events = events[..Math.Min(events.Length, HotLimits.BatchRows - Rows)];
        events = events[..AddContainers(events, containers)];
        var timestamps = Column<long>(HotColumns.Timestamp);
        var kinds = Column<byte>(HotColumns.Kind);
        var directions = Column<byte>(HotColumns.Direction);
        var reasons = Column<byte>(HotColumns.CloseReason);
        var flags = Column<byte>(HotColumns.Flags);
        var sources = Column<InlineBytes16>(HotColumns.SourceAddress);
        var destinations = Column<InlineBytes16>(HotColumns.DestinationAddress);
        var sourcePorts = Column<ushort>(HotColumns.SourcePort);
        var destinationPorts = Column<ushort>(HotColumns.DestinationPort);
        var namespaces = Column<uint>(HotColumns.NetworkNamespace);
        for (var row = 0; row < events.Length; row++)
        {
            ref readonly var record = ref events[row].Record;
            timestamps[row] = events[row].UnixNanoseconds;
            kinds[row] = (byte)record.Kind;
            directions[row] = (byte)record.Direction;
            reasons[row] = (byte)record.CloseReason;
            flags[row] = (byte)record.Flags;
            sources[row] = record.SourceAddress;
            destinations[row] = record.DestinationAddress;
            sourcePorts[row] = record.SourcePort;
            destinationPorts[row] = record.DestinationPort;
            namespaces[row] = record.NetworkNamespace;
        }

        AddOwners(events);
        AddNumbers(events);
        Rows += events.Length;
        return events.Length;
    }

    /// <summary>Writes the rows as a message, <see cref="MessageLength"/> bytes.</summary>
    public void Write(Span<byte> message)
    {
        HotMetadata.RenderBatch(message, Rows, _nulls);
        var body = message[HotMessages.Batch.Length..];
        CopyAligned(_body.AsSpan(HotLayout.Validity(HotLimits.BatchRows), (Rows + 7) / 8), body[HotLayout.Validity(Rows)..]);
        for (var column = 0; column < HotColumns.Count; column++)
        {
            var values = _body.AsSpan(HotLayout.Column(column, HotLimits.BatchRows), HotColumns.Widths[column] * Rows);
            CopyAligned(values, body[HotLayout.Column(column, Rows)..]);
        }

        MessageTrailer.Write(message);
    }

    /// <summary>Forgets the rows; keeps the memory.</summary>
    public void Clear() => (Rows, _nulls) = (0, 0);

    /// <summary>Copies and fills up with zeros to the next eight bytes.</summary>
    private static void CopyAligned(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        bytes.CopyTo(target);
        target[bytes.Length..HotLayout.Align(bytes.Length)].Clear();
    }

    private int AddContainers(ReadOnlySpan<ConnectionEvent> events, ContainerDictionary containers)
    {
        var indices = Column<short>(HotColumns.Container);
        var validity = _body.AsSpan(HotLayout.Validity(HotLimits.BatchRows));
        for (var row = 0; row < events.Length; row++)
        {
            short index = 0;
            var container = events[row].Container;
            if (container is not null && !containers.TryIndex(container, out index))
            {
                return row;
            }

            indices[row] = index;
            ref var bits = ref validity[(Rows + row) / 8];
            var bit = 1 << ((Rows + row) % 8);
            bits = (byte)((bits & (bit - 1)) | (container is null ? 0 : bit));
            _nulls += container is null ? 1 : 0;
        }

        return events.Length;
    }

    private void AddOwners(ReadOnlySpan<ConnectionEvent> events)
    {
        var pids = Column<uint>(HotColumns.Pid);
        var uids = Column<uint>(HotColumns.Uid);
        var cgroups = Column<ulong>(HotColumns.CgroupId);
        var processes = Column<InlineBytes16>(HotColumns.Process);
        for (var row = 0; row < events.Length; row++)
        {
            ref readonly var owner = ref events[row].Record.Owner;
            pids[row] = owner.Pid;
            uids[row] = owner.Uid;
            cgroups[row] = owner.CgroupId;
            processes[row] = owner.Comm;
        }
    }

    private void AddNumbers(ReadOnlySpan<ConnectionEvent> events)
    {
        var elapsed = Column<ulong>(HotColumns.Elapsed);
        var sent = Column<ulong>(HotColumns.BytesSent);
        var received = Column<ulong>(HotColumns.BytesReceived);
        var roundTrips = Column<uint>(HotColumns.SmoothedRtt);
        var retransmits = Column<uint>(HotColumns.Retransmits);
        var errors = Column<uint>(HotColumns.Error);
        for (var row = 0; row < events.Length; row++)
        {
            ref readonly var record = ref events[row].Record;
            elapsed[row] = record.ElapsedNanoseconds;
            sent[row] = record.BytesSent;
            received[row] = record.BytesReceived;
            roundTrips[row] = record.SmoothedRttMicroseconds;
            retransmits[row] = record.Retransmits;
            errors[row] = record.Error;
        }
    }

    /// <summary>The column's free places.</summary>
    private Span<T> Column<T>(int column)
        where T : struct
    {
        var bytes = _body.AsSpan(HotLayout.Column(column, HotLimits.BatchRows), HotColumns.Widths[column] * HotLimits.BatchRows);
        return MemoryMarshal.Cast<byte, T>(bytes)[Rows..];
    }
}

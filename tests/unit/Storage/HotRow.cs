using NetMon.Events;
using NetMon.Storage.Hot;

namespace NetMon.UnitTests.Storage;

/// <summary>A row of a hot batch as the event that it was.</summary>
internal static class HotRow
{
    /// <summary>Puts a row together again, but for the time in the kernel's own clock.</summary>
    public static ConnectionEvent Restore(HotBatch batch, int row)
    {
        var restored = new ConnectionEvent { UnixNanoseconds = batch.Timestamps[row], Container = batch.ContainerOf(row) };
        ref var record = ref restored.Record;
        record.Size = ConnectionRecord.ByteSize;
        record.Version = ConnectionRecord.CurrentVersion;
        record.Kind = batch.Kinds[row];
        record.Direction = batch.Directions[row];
        record.CloseReason = batch.CloseReasons[row];
        record.Flags = batch.Flags[row];
        record.SourceAddress = batch.SourceAddresses[row];
        record.DestinationAddress = batch.DestinationAddresses[row];
        record.SourcePort = batch.SourcePorts[row];
        record.DestinationPort = batch.DestinationPorts[row];
        record.NetworkNamespace = batch.NetworkNamespaces[row];
        record.Owner = new OwnerRecord { CgroupId = batch.CgroupIds[row], Pid = batch.Pids[row], Uid = batch.Uids[row], Comm = batch.Processes[row] };
        record.ElapsedNanoseconds = batch.ElapsedNanoseconds[row];
        record.BytesSent = batch.BytesSent[row];
        record.BytesReceived = batch.BytesReceived[row];
        record.SmoothedRttMicroseconds = batch.SmoothedRttMicroseconds[row];
        record.Retransmits = batch.Retransmits[row];
        record.Error = batch.Errors[row];
        return restored;
    }
}

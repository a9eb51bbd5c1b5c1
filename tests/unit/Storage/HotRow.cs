using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Storage.Hot;

namespace NetMon.UnitTests.Storage;

/// <summary>A row of a hot batch, converted back to its event.</summary>
internal static class HotRow
{
    /// <summary>Rebuilds a row, except for the time in the kernel's own clock, which is not stored.</summary>
    public static ConnectionEvent Restore(HotBatch batch, int row)
    {
        var restored = new ConnectionEvent { UnixNanoseconds = batch.Timestamps[row], Container = batch.Containers.Of(row), Peer = batch.Peers.Of(row) };
        restored.Record.Size = ConnectionRecord.ByteSize;
        restored.Record.Version = ConnectionRecord.CurrentVersion;
        var record = MemoryMarshal.AsBytes(new Span<ConnectionRecord>(ref restored.Record));
        foreach (var field in EventColumns.Fields.Where(field => field.Type != FieldType.Timestamp))
        {
            batch.Column(field).Slice(field.Width * row, field.Width).CopyTo(record[field.Offset..]);
        }

        return restored;
    }
}

using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Storage.Hot;

namespace NetMon.Query.Follow;

/// <summary>Converts rows of segments back to events.</summary>
internal static class HotEvents
{
    /// <summary>Returns the event of a row.</summary>
    public static ConnectionEvent Of(HotBatch batch, int row)
    {
        var connection = new ConnectionEvent
        {
            UnixNanoseconds = batch.Timestamps[row],
            Container = batch.Containers.Of(row),
            Peer = batch.Peers.Of(row),
        };
        var record = MemoryMarshal.AsBytes(new Span<ConnectionRecord>(ref connection.Record));
        foreach (var field in EventColumns.Fields)
        {
            if (field.Offset >= 0)
            {
                batch.Column(field).Slice(row * field.Width, field.Width).CopyTo(record[field.Offset..]);
            }
        }

        return connection;
    }
}

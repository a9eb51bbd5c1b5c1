using DuckDB.NET.Data;
using DuckDB.NET.Data.DataChunk.Writer;
using NetMon.Events;

namespace NetMon.Query.Hot;

/// <summary>The segments as a table function for DuckDB, with the columns of the sealed files.</summary>
internal static class HotTable
{
    private static readonly (ColumnInfo Column, Action<HotCursor, IDuckDBDataWriter, ulong> Write)[] Columns =
    [
        Of<DateTime>("timestamp", (row, to, at) => to.WriteValue(row.Time, at)),
        Of<string>("node", (row, to, at) => to.WriteValue(row.Node, at)),
        Of<string>("type", (row, to, at) => to.WriteValue(Vocabulary.Text(row.Kind), at)),
        Of<string>("protocol", (_, to, at) => to.WriteValue(Vocabulary.Protocol, at)),
        Of<string>("src_ip", (row, to, at) => to.WriteValue(row.SourceAddress, at)),
        Of<int>("src_port", (row, to, at) => to.WriteValue((int)row.Batch.SourcePorts[row.Row], at)),
        Of<string>("dst_ip", (row, to, at) => to.WriteValue(row.DestinationAddress, at)),
        Of<int>("dst_port", (row, to, at) => to.WriteValue((int)row.Batch.DestinationPorts[row.Row], at)),
        Of<uint>("pid", (row, to, at) => to.WriteValue(row.Batch.Pids[row.Row], at)),
        Of<string>("process", (row, to, at) => to.WriteValue(row.Process, at)),
        Of<uint>("netns", (row, to, at) => to.WriteValue(row.Batch.NetworkNamespaces[row.Row], at)),
        OfContainer("container_id", container => container.ContainerId),
        OfContainer("pod_name", container => container.PodName),
        OfContainer("pod_namespace", container => container.PodNamespace),
        OfContainer("container_name", container => container.ContainerName),
        OfContainer("pod_uid", container => container.PodUid),
        OfContainer("image", container => container.Image),
        Of<string>("direction", (row, to, at) => to.WriteValue(Vocabulary.Text(row.Batch.Directions[row.Row]), at)),
        Of<uint>("uid", (row, to, at) => to.WriteValue(row.Batch.Uids[row.Row], at)),
        Of<ulong>("cgroup_id", (row, to, at) => to.WriteValue(row.Batch.CgroupIds[row.Row], at)),
        Where<string>("result", row => row.IsConnect, (row, to, at) => to.WriteValue(Vocabulary.Text(row.Result), at)),
        Where<int>("errno", HasErrno, (row, to, at) => to.WriteValue((int)row.Batch.Errors[row.Row], at)),
        Where<long>("latency_us", row => row.IsConnect, (row, to, at) => to.WriteValue((long)(row.Batch.ElapsedNanoseconds[row.Row] / 1000), at)),
        Where<long>("duration_us", row => row.IsClose, (row, to, at) => to.WriteValue((long)(row.Batch.ElapsedNanoseconds[row.Row] / 1000), at)),
        Where<ulong>("bytes_sent", row => row.IsClose, (row, to, at) => to.WriteValue(row.Batch.BytesSent[row.Row], at)),
        Where<ulong>("bytes_received", row => row.IsClose, (row, to, at) => to.WriteValue(row.Batch.BytesReceived[row.Row], at)),
        Where<uint>("rtt_us", row => row.IsClose, (row, to, at) => to.WriteValue(row.Batch.SmoothedRttMicroseconds[row.Row], at)),
        Where<uint>("retransmits", row => row.IsClose, (row, to, at) => to.WriteValue(row.Batch.Retransmits[row.Row], at)),
        Where<string>("reason", row => row.IsClose, (row, to, at) => to.WriteValue(Vocabulary.Text(row.Batch.CloseReasons[row.Row]), at)),
    ];

    /// <summary>Registers it by this name.</summary>
    public static void Register(DuckDBConnection connection, string name, IReadOnlyList<HotFileView> segments)
    {
        ColumnInfo[] infos = [.. Columns.Select(column => column.Column)];
#pragma warning disable DuckDBNET001 // The library calls its table functions experimental.
        connection.RegisterTableFunction(name, () => new TableFunction(infos, new HotRows(segments)), Write);
#pragma warning restore DuckDBNET001
    }

    private static void Write(object? row, IDuckDBDataWriter[] writers, ulong at)
    {
        var cursor = (HotCursor)row!;
        for (var column = 0; column < writers.Length; column++)
        {
            if (!Discards(writers[column]))
            {
                Columns[column].Write(cursor, writers[column], at);
            }
        }
    }

    /// <summary>
    /// Whether the query has no use for the column: the library has a writer for these that throws values away. Should it
    /// call that something else one day, values are made in vain, and nothing is wrong.
    /// </summary>
    private static bool Discards(IDuckDBDataWriter writer) => DiscardingType is { } known ? writer.GetType() == known : LooksDiscarding(writer);

    private static Type? DiscardingType { get; set; }

    private static bool LooksDiscarding(IDuckDBDataWriter writer)
    {
        if (writer.GetType().Name != "NullDataWriter")
        {
            return false;
        }

        DiscardingType = writer.GetType();
        return true;
    }

    private static bool HasErrno(HotCursor row) => row.IsConnect && row.Batch.Errors[row.Row] != 0 && row.Result != ConnectResult.Aborted;

    private static (ColumnInfo, Action<HotCursor, IDuckDBDataWriter, ulong>) Of<T>(string name, Action<HotCursor, IDuckDBDataWriter, ulong> write) => (new ColumnInfo(name, typeof(T)), write);

    private static (ColumnInfo, Action<HotCursor, IDuckDBDataWriter, ulong>) Where<T>(string name, Func<HotCursor, bool> has, Action<HotCursor, IDuckDBDataWriter, ulong> write) => Of<T>(
        name,
        (row, to, at) =>
        {
            if (has(row))
            {
                write(row, to, at);
            }
            else
            {
                to.WriteNull(at);
            }
        });

    private static (ColumnInfo, Action<HotCursor, IDuckDBDataWriter, ulong>) OfContainer(string name, Func<ContainerIdentity, string> text) => Of<string>(
        name,
        (row, to, at) =>
        {
            if (row.Container is { } container)
            {
                to.WriteValue(text(container), at);
            }
            else
            {
                to.WriteNull(at);
            }
        });
}

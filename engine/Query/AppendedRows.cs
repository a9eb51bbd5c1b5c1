using DuckDB.NET.Data;
using NetMon.Query.Files;
using NetMon.Query.Hot;
using NetMon.Storage.Loss;

namespace NetMon.Query;

/// <summary>Appends rows that do not come from Parquet files to tables with the columns of their relation.</summary>
internal static class AppendedRows
{
    /// <summary>Appends the number of events of each file, from its footer.</summary>
    public static void OfCounts(DuckDBConnection connection, string table, IReadOnlyList<ReadableFile> files)
    {
        using var appender = connection.CreateAppender(table);
        foreach (var file in files)
        {
            appender.CreateRow().AppendValue(file["netmon.node"]).AppendValue(DateOnly.FromDateTime(file.File.Start)).AppendValue((long)file.File.Start.Hour)
                .AppendValue(file.Rows).EndRow();
        }
    }

    /// <summary>Appends losses that are not sealed yet.</summary>
    public static void OfLosses(DuckDBConnection connection, string table, IReadOnlyList<HotFileView> files)
    {
        using var appender = connection.CreateAppender(table);
        foreach (var file in files)
        {
            var node = LossText.NodeOf(file.Path);
            foreach (var row in LossText.Parse(file.ReadText()))
            {
                appender.CreateRow()
                    .AppendValue(TimeOf(row.From)).AppendValue(TimeOf(row.To)).AppendValue(node)
                    .AppendValue(row.Stage).AppendValue(row.Reason).AppendValue(row.Count)
                    .AppendValue((long?)row.Cgroup?.Id).AppendValue(row.Cgroup?.ContainerId).AppendValue(row.Cgroup?.PodName)
                    .AppendValue(row.Cgroup?.PodNamespace).AppendValue(row.Cgroup?.ContainerName).EndRow();
            }
        }
    }

    private static DateTime TimeOf(long unixNanoseconds) => DateTime.UnixEpoch.AddTicks(unixNanoseconds / 100);
}

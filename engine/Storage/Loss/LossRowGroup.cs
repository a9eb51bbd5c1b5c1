using NetMon.Parquet;

namespace NetMon.Storage.Loss;

/// <summary>Writes loss rows as a row group.</summary>
internal static class LossRowGroup
{
    private const long NanosecondsPerMicrosecond = 1000;

    /// <param name="file">A file with the columns of <see cref="LossSchema.Columns"/>.</param>
    /// <param name="node">The value of the node column.</param>
    /// <param name="rows">At least one.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(ParquetFileWriter file, string node, IReadOnlyList<LossRow> rows)
    {
        var group = file.BeginRowGroup(rows.Count);
        group.WriteNumbers(LossSchema.From, [.. rows.Select(row => row.From / NanosecondsPerMicrosecond)], null);
        group.WriteNumbers(LossSchema.To, [.. rows.Select(row => row.To / NanosecondsPerMicrosecond)], null);
        WriteTexts(group, LossSchema.Node, [.. rows.Select(_ => node)]);
        WriteTexts(group, LossSchema.Stage, [.. rows.Select(row => row.Stage)]);
        WriteTexts(group, LossSchema.Reason, [.. rows.Select(row => row.Reason)]);
        WriteNumbers(group, LossSchema.Count, [.. rows.Select(row => row.Count)]);
        WriteNumbers(group, LossSchema.CgroupId, [.. rows.Select(row => (long?)row.Cgroup?.Id)]);
        WriteTexts(group, LossSchema.ContainerId, [.. rows.Select(row => row.Cgroup?.ContainerId)]);
        WriteTexts(group, LossSchema.PodName, [.. rows.Select(row => row.Cgroup?.PodName)]);
        WriteTexts(group, LossSchema.PodNamespace, [.. rows.Select(row => row.Cgroup?.PodNamespace)]);
        WriteTexts(group, LossSchema.ContainerName, [.. rows.Select(row => row.Cgroup?.ContainerName)]);
        file.EndRowGroup();
    }

    private static void WriteNumbers(RowGroupWriter group, ColumnDefinition column, List<long?> values) =>
        group.WriteNumbers(column, [.. values.OfType<long>()], PresenceOf(values));

    private static void WriteTexts(RowGroupWriter group, ColumnDefinition column, List<string?> values)
    {
        var texts = new DistinctTexts();
        uint[] indices = [.. values.OfType<string>().Select(texts.IndexOf)];
        group.WriteTexts(column, indices, texts.Texts, column.IsOptional ? PresenceOf(values) : null);
    }

    private static Presence PresenceOf<T>(List<T> values)
    {
        var presence = new Presence();
        presence.Settle([.. values.Select(value => value is null ? 0u : 1)]);
        return presence;
    }
}

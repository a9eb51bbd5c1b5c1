using NetMon.Parquet;

namespace NetMon.Storage.Loss;

/// <summary>Writes rows of losses as a row group.</summary>
internal static class LossRowGroup
{
    private const long NanosecondsPerMicrosecond = 1000;

    /// <param name="file">A file of <see cref="LossSchema.Columns"/>.</param>
    /// <param name="node">The text of the node column.</param>
    /// <param name="rows">One at the least.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(ParquetFileWriter file, string node, IReadOnlyList<LossRow> rows)
    {
        var counted = new Presence();
        var present = counted.Next(rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            present[row] = rows[row].Count is null ? 0u : 1;
        }

        counted.Settle(rows.Count);
        var group = file.BeginRowGroup(rows.Count);
        group.WriteNumbers(LossSchema.From, [.. rows.Select(row => row.From / NanosecondsPerMicrosecond)], null);
        group.WriteNumbers(LossSchema.To, [.. rows.Select(row => row.To / NanosecondsPerMicrosecond)], null);
        WriteTexts(group, LossSchema.Node, rows.Select(_ => node));
        WriteTexts(group, LossSchema.Stage, rows.Select(row => row.Stage));
        WriteTexts(group, LossSchema.Reason, rows.Select(row => row.Reason));
        group.WriteNumbers(LossSchema.Count, [.. rows.Where(row => row.Count is not null).Select(row => row.Count!.Value)], counted);
        file.EndRowGroup();
    }

    private static void WriteTexts(RowGroupWriter group, ColumnDefinition column, IEnumerable<string> values)
    {
        var texts = new DistinctTexts();
        uint[] indices = [.. values.Select(texts.IndexOf)];
        group.WriteTexts(column, indices, texts.Texts, null);
    }
}

using System.Globalization;
using NetMon.Native;
using NetMon.Storage.Columns;
using NetMon.Storage.Loss;
using Parquet;

namespace NetMon.Storage.Cold;

/// <summary>Makes one Parquet file of an hour's rows of losses, by the same steps as <see cref="HourSealer"/>. One thread.</summary>
internal sealed class LossSealer(CaptureLayout layout, ParquetSinkOptions options, Action<string> report)
{
    /// <exception cref="IOException">It could not be done yet.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Seal(SealJob job)
    {
        var folder = CaptureLayout.LossFolder(job.Hour);
        var names = SealedNames.In(layout, folder);
        var paths = job.Paths.Where(path => !names.Contains(SealedNames.NameOf(path))).ToList();
        var rows = paths.SelectMany(Read).OrderBy(row => row.From).ToList();
        if (rows.Count > 0)
        {
            var partial = layout.NewPartial(job.Hour);
            try
            {
                Write(partial, rows, SealedNames.Of(paths));
                options.SealStep?.Invoke("losses written");
            }
            catch (Exception failure) when (DiskFailure.Is(failure))
            {
                layout.Root.Delete(partial);
                throw;
            }

            layout.Seal(partial, folder);
            options.SealStep?.Invoke("losses renamed");
        }

        foreach (var path in job.Paths)
        {
            layout.Root.Delete(path);
        }

        layout.DeleteIfEmpty(CaptureLayout.HotFolder(job.Hour));
    }

    private List<LossRow> Read(string path)
    {
        using var file = layout.Root.TryOpen(path, writable: false);
        if (file is null)
        {
            return [];
        }

        var rows = LossFile.Parse(LossFile.ReadText(file), out var torn);
        if (torn > 0)
        {
            report(string.Create(CultureInfo.InvariantCulture, $"parquet: {path} has {torn} lines that are torn: passed over"));
        }

        return rows;
    }

    private void Write(string partial, List<LossRow> rows, string files)
    {
        using var stream = new ColdStream(layout.Root.Create(partial, mayExist: false));
        var writer = ParquetWriter.CreateAsync(LossSchema.Schema, stream, LossSchema.WriterOptions).GetAwaiter().GetResult();
        using (var group = writer.CreateRowGroup())
        {
            RowGroupMetadata.DeclareTimestamp(group, column: 0);
            RowGroupMetadata.DeclareTimestamp(group, column: 1);
            WriteColumn<long>(group, LossSchema.From, [.. rows.Select(row => Microseconds(row.From))]);
            WriteColumn<long>(group, LossSchema.To, [.. rows.Select(row => Microseconds(row.To))]);
            WriteColumn<ReadOnlyMemory<char>>(group, LossSchema.Node, [.. rows.Select(_ => options.Node.AsMemory())]);
            WriteColumn<ReadOnlyMemory<char>>(group, LossSchema.Stage, [.. rows.Select(row => row.Stage.AsMemory())]);
            WriteColumn<ReadOnlyMemory<char>>(group, LossSchema.Reason, [.. rows.Select(row => row.Reason.AsMemory())]);
            long[] counts = [.. rows.Where(row => row.Count is not null).Select(row => row.Count!.Value)];
            int[] levels = [.. rows.Select(row => row.Count is null ? 0 : 1)];
            group.WriteAllPartsAsync<long>(LossSchema.Count, counts, levels, null, CancellationToken.None).GetAwaiter().GetResult();
            if (!TextDictionary.Of(options.Node).SortsAlikeInUtf8)
            {
                RowGroupMetadata.RemoveBounds(group, 2);
            }

            if (counts.Length == 0)
            {
                RowGroupMetadata.RemoveBounds(group, 5);
            }

            group.CompleteValidate();
        }

        writer.CustomMetadata = new Dictionary<string, string>
        {
            ["netmon.loss_schema_version"] = LossSchema.Version,
            ["netmon.agent_version"] = options.AgentVersion,
            ["netmon.node"] = options.Node,
            ["netmon.boot_id"] = options.BootId,
            [SealedNames.Key] = files,
        };
        writer.DisposeAsync().AsTask().GetAwaiter().GetResult();
        stream.Commit();
        ContainedFolder.SyncData(stream.File);
    }

    private static void WriteColumn<T>(ParquetRowGroupWriter group, Parquet.Schema.DataField field, T[] values)
        where T : struct =>
        group.WriteAllPartsAsync<T>(field, values, null, null, CancellationToken.None).GetAwaiter().GetResult();

    private static long Microseconds(long nanoseconds) => Math.DivRem(nanoseconds, 1000).Quotient;
}

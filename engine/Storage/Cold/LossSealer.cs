using System.Globalization;
using NetMon.Native;
using NetMon.Storage.Loss;
using NetMon.Storage.Parquet;

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
        using var group = new RowGroupWriter();
        var file = new ParquetFileWriter(stream, LossSchema.Columns, group);
        LossRowGroup.Write(file, options.Node, rows);
        file.Complete(
            new Dictionary<string, string>
            {
                ["netmon.loss_schema_version"] = LossSchema.Version,
                ["netmon.agent_version"] = options.AgentVersion,
                ["netmon.node"] = options.Node,
                ["netmon.boot_id"] = options.BootId,
                [SealedNames.Key] = files,
            },
            FileMetadata.CreatedBy(options.AgentVersion));
        ContainedFolder.SyncData(stream.File);
    }
}

using System.Globalization;
using NetMon.Foundation.Logging;
using NetMon.Native;
using NetMon.Parquet;
using NetMon.Storage.Loss;

namespace NetMon.Storage.Cold;

/// <summary>Makes one Parquet file of an hour's loss journals, by the same steps as <see cref="HourSealer"/>. Not thread-safe.</summary>
internal sealed class LossSealer(CaptureDirectory capture, CaptureSinkOptions options, Logger log)
{
    /// <exception cref="IOException">The file could not be made yet.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
    public void Seal(SealJob job)
    {
        var folder = CapturePaths.LossFolder(job.Hour);
        var names = SealedFile.SegmentsIn(capture, capture.SealedIn(folder).Select(name => $"{folder}/{name}"));
        var paths = job.Paths.Where(path => !names.Contains(CapturePaths.NameOf(path))).ToList();
        var rows = paths.SelectMany(Read).OrderBy(row => row.From).ToList();
        if (rows.Count > 0)
        {
            var partial = capture.NewPartial(job.Hour);
            try
            {
                Write(partial, rows, SealedFile.SegmentsText(paths));
                options.SealStep?.Invoke("losses written");
            }
            catch
            {
                capture.Root.Delete(partial);
                throw;
            }

            capture.Seal(partial, folder);
            options.SealStep?.Invoke("losses renamed");
        }

        foreach (var path in job.Paths)
        {
            capture.Root.Delete(path);
        }

        capture.DeleteIfEmpty(CapturePaths.HotFolder(job.Hour));
    }

    private List<LossRow> Read(string path)
    {
        using var file = capture.Root.TryOpen(path, writable: false);
        if (file is null)
        {
            return [];
        }

        var rows = LossFile.Parse(LossFile.ReadText(file), out var torn);
        if (torn > 0)
        {
            log.Warn(string.Create(CultureInfo.InvariantCulture, $"{path} has {torn} incomplete lines: skipped. The agent or the machine stopped while they were being written."));
        }

        return rows;
    }

    private void Write(string partial, List<LossRow> rows, string files)
    {
        using var stream = new BufferedFile(capture.Root.Create(partial, mayExist: false));
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
                [SealedFile.SegmentsKey] = files,
            },
            FileMetadata.CreatedBy(options.AgentVersion));
        ContainedFolder.SyncData(stream.File);
    }
}

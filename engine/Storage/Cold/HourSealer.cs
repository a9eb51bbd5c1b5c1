using NetMon.Parquet;
using NetMon.Storage.Columns;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>
/// Makes one Parquet file of an hour's segments. Crash-proof by order: the file is written aside and made durable, with the
/// names of its segments in it; then renamed; then the segments are removed. Whoever finds segments whose names are in a
/// sealed file only removes them. One thread.
/// </summary>
internal sealed class HourSealer(CaptureDirectory capture, CaptureSinkOptions options, TornTails torn)
{
    private RowGroupBuilder? _rows;
    private NamesFilledIn? _names;

    /// <summary>Seals; returns when it is done and durable.</summary>
    /// <exception cref="IOException">It could not be done yet: the segments, or a sealed file with their names, are there.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public void Seal(SealJob job)
    {
        var folder = CapturePaths.EventsFolder(job.Hour);
        var paths = RemoveSealed(job, folder); // an earlier run or try may have come as far as the rename
        var (places, kept) = Index(job.Hour, paths);
        Step("indexed");
        if (places.Count > 0)
        {
            var partial = capture.NewPartial(job.Hour);
            try
            {
                Write(partial, paths, places);
                Step("written");
            }
            catch (Exception failure) when (DiskFailure.Is(failure))
            {
                capture.Root.Delete(partial);
                throw;
            }

            capture.Seal(partial, folder);
            Step("renamed");
        }

        Remove(paths.Except(kept), job.Hour);
    }

    /// <summary>Gives the buffers, which are as large as a row group, back to the system.</summary>
    public void Forget()
    {
        if (_rows is not null)
        {
            _rows.Dispose();
            (_rows, _names) = (null, null);

            // Once an hour, when a seal is done: else their memory stays with the process until it happens to need some.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        }
    }

    /// <summary>Removes the segments that are in a sealed file; returns the others.</summary>
    private List<string> RemoveSealed(SealJob job, string folder)
    {
        var names = SealedFile.SegmentsIn(capture, folder);
        var isSealed = job.Paths.ToLookup(path => names.Contains(CapturePaths.NameOf(path)));
        if (isSealed[true].Any())
        {
            capture.SyncFolders(folder); // the rename may not have been durable
            Remove(isSealed[true], job.Hour);
        }

        return [.. isSealed[false]];
    }

    /// <summary>Looks through the segments: where whole batches are, and where a torn one is cut off.</summary>
    private (List<BatchPlace> Places, List<string> Kept) Index(Hour hour, List<string> paths)
    {
        var (places, kept) = (new List<BatchPlace>(), new List<string>());
        for (var segment = 0; segment < paths.Count; segment++)
        {
            if (capture.Root.TryOpen(paths[segment], writable: true) is not { } file)
            {
                continue; // removed by somebody
            }

            using var reader = HotSegmentReader.Open(file);
            if (reader.IsOtherVersion)
            {
                torn.Keep(paths[segment]);
                kept.Add(paths[segment]);
                continue;
            }

            var last = hour.Start;
            while (reader.TryRead())
            {
                places.Add(Place(segment, reader));
                last = Math.Max(last, places[^1].Last);
            }

            torn.Cut(paths[segment], last, hour, file, reader);
        }

        return (places, kept);
    }

    private static BatchPlace Place(int segment, HotSegmentReader reader)
    {
        var (first, last, sorted) = (long.MaxValue, long.MinValue, true);
        foreach (var time in reader.Batch.Timestamps)
        {
            sorted &= time >= last;
            first = Math.Min(first, time);
            last = Math.Max(last, time);
        }

        return new BatchPlace(segment, reader.BatchPosition, first, last, sorted, reader.Batch.Dictionary);
    }

    private void Write(string partial, List<string> paths, List<BatchPlace> places)
    {
        _names = new NamesFilledIn(options.NamesOf);
        var rows = _rows ??= new RowGroupBuilder(options.Node, options.RowGroupRows, container => _names.Of(container));
        using var file = new ColdFile(new BufferedFile(capture.Root.Create(partial, mayExist: false)), rows);
        var merge = new BatchMerge([.. paths.Select(path => (Func<HotSegmentReader>)(() => Open(path)))]);
        merge.Run(places, file.Add);
        Step("rows");
        file.Complete(written => FileMetadata.Of(written, options, SealedFile.SegmentsText(paths)), options.AgentVersion);
    }

    private HotSegmentReader Open(string path) =>
        HotSegmentReader.Open(capture.Root.TryOpen(path, writable: false) ?? throw new IOException($"{path} is gone: somebody removed it while it was being sealed"));

    private void Remove(IEnumerable<string> paths, Hour hour)
    {
        foreach (var path in paths)
        {
            capture.Root.Delete(path);
            Step("removed");
        }

        capture.DeleteIfEmpty(CapturePaths.HotFolder(hour));
    }

    private void Step(string step) => options.SealStep?.Invoke(step);
}

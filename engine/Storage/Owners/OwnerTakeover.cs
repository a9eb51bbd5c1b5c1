using NetMon.Parquet.Reading;

namespace NetMon.Storage.Owners;

/// <summary>Takes over a node's owners from an earlier run, at the start: files in hot/ move to owners/, and ranges that were open are carried on.</summary>
internal sealed class OwnerTakeover(CaptureDirectory capture, CaptureSinkOptions options, FailureLog failures)
{
    private List<OwnerRange> _rows = [];

    /// <summary>The time up to which <see cref="Open"/> is known, Unix nanoseconds; 0: nothing was found.</summary>
    public long Known { get; private set; }

    /// <summary>The ranges that were open, ended at the time up to which they are known.</summary>
    public IEnumerable<OwnerRange> Open => _rows.Where(range => range.To is null).Select(range => range with { To = Math.Max(range.From, OwnerRange.Microseconds(Known)) });

    /// <summary>Takes over the files. A failure affects that file only, not the start.</summary>
    public void Run()
    {
        Try(SealLeft);
        Try(ReadLast);
    }

    private void SealLeft()
    {
        foreach (var (path, hour) in capture.FindHot(CapturePaths.OwnersExtension).ToArray())
        {
            Try(() =>
            {
                if (TryRead(path) is null)
                {
                    capture.Root.Delete(path);
                }
                else
                {
                    capture.Seal(path, CapturePaths.OwnersFolder(hour));
                }

                capture.DeleteIfEmpty(CapturePaths.HotFolder(hour));
            });
        }
    }

    private void ReadLast()
    {
        foreach (var folder in capture.Hours(CapturePaths.Owners).OrderByDescending(hour => hour.Index).Select(CapturePaths.OwnersFolder))
        {
            foreach (var file in capture.SealedIn(folder).Select(name => TryRead($"{folder}/{name}")))
            {
                if (file is { } read && read.Known > Known)
                {
                    (_rows, Known) = (read.Rows, read.Known);
                }
            }

            if (Known > 0)
            {
                return;
            }
        }
    }

    private (List<OwnerRange> Rows, long Known)? TryRead(string path)
    {
        try
        {
            return capture.Root.TryOpen(path, writable: false) is { } file ? OwnerFile.Read(file, options.Node) : null;
        }
        catch (DamagedFileException damage)
        {
            failures.Failed(new IOException($"{path}: {damage.Message}", damage), rowsLost: 0);
            return null;
        }
    }

    private void Try(Action step)
    {
        try
        {
            step();
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            failures.Failed(failure, rowsLost: 0);
        }
    }
}

using System.Globalization;
using NetMon.Foundation.Logging;
using NetMon.Storage.Cold;
using NetMon.Storage.Hot;
using NetMon.Storage.Loss;

namespace NetMon.Storage;

/// <summary>
/// Takes over what earlier runs left, at the start: incomplete files are removed, segments and pieces are queued with their hours, and
/// loss rows and the downtime are recorded. Unreadable files affect their hour, not the start. Not thread-safe.
/// </summary>
internal sealed class Takeover(
    CaptureDirectory capture, CaptureSinkOptions options, HotTier hot, LossJournal losses, Rollups.Rollups rollups, SeenFile seen, FailureLog failures, Action<SealJob> seal, Logger log)
{
    /// <exception cref="IOException">The directory can't be read or modified.</exception>
    public void Run()
    {
        foreach (var (path, _) in capture.FindPartials().ToArray())
        {
            capture.Root.Delete(path);
        }

        var left = new LeftInHot(capture);
        left.RemoveSealed(failures);
        TakeOverRollups(left.Interrupted);
        foreach (var hour in left.Hours)
        {
            var isEnough = left.SegmentBytesOf(hour) >= options.RowGroupRows * HotFormat.Current.RowBytes;
            hot.Adopt(hour, isEnough ? [] : left.SegmentsOf(hour));
            if (isEnough)
            {
                seal(new SealJob(SealKind.Piece, hour, left.SegmentsOf(hour)));
            }
        }

        foreach (var files in capture.FindHot(CapturePaths.LossExtension).GroupBy(file => file.Hour, file => file.Path))
        {
            seal(new SealJob(SealKind.Losses, files.Key, [.. files]));
        }

        if (left.Files > 0)
        {
            log.Info(string.Create(
                CultureInfo.InvariantCulture,
                $"an earlier run left {left.Files} files with events in {options.CaptureDirectory}/hot: they are sealed with their hours."));
        }

        NoteDownTime();
    }

    private void TakeOverRollups(IEnumerable<Hour> interrupted)
    {
        try
        {
            rollups.TakeOver(interrupted);
        }
        catch (Exception failure)
        {
            failures.Failed(failure, rowsLost: 0); // they are rebuilt
        }

        foreach (var hour in rollups.Unfinished)
        {
            seal(new SealJob(SealKind.Piece, hour, []));
        }
    }

    /// <summary>Records since when no events were stored, and losses that were not written, from the state that the last run left.</summary>
    private void NoteDownTime()
    {
        try
        {
            if (ReadSeen() is { } last)
            {
                if (last.Moment > 0)
                {
                    losses.DownSince(last.Moment, last.State == "stopped" ? "stopped" : "down");
                }

                losses.Add(last.Losses);
                seen.WriteLosses(losses.Unwritten);
            }

            seen.Reserve();
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            failures.Failed(failure, rowsLost: 0);
        }
    }

    private (long Moment, string State, IReadOnlyList<LossRow> Losses)? ReadSeen()
    {
        try
        {
            return seen.Read();
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            failures.Failed(failure, rowsLost: 0);
            capture.Root.Delete(capture.SeenPath); // a FIFO or another unexpected file
            return null;
        }
    }
}

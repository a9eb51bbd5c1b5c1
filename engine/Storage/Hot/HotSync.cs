using NetMon.Native;
using NetMon.Storage.Loss;

namespace NetMon.Storage.Hot;

/// <summary>
/// Makes segments durable on its own thread, so that events never wait for the disk: one fdatasync(2), some time after the first write,
/// covers all writes until then. The thread sleeps while nothing is written. After each sync, and every ten seconds without writes, it
/// records the time up to which all events are durable, where a gap after a crash begins. Only a stop ends the thread.
/// </summary>
internal sealed class HotSync
{
    private readonly CaptureDirectory _capture;
    private readonly SeenFile _seen;
    private readonly TimeSpan _delay;
    private readonly FailureLog _failures;
    private readonly Func<IReadOnlyList<LossRow>> _unwritten;
    private readonly List<HotFile> _suspects = [];
    private readonly HashSet<HotFile> _written = [];
    private readonly List<HotFile> _ended = [];
    private readonly ThreadProgress _progress;
    private readonly Thread _thread;
    private long _firstWriteAt;
    private long _covered;
    private bool _beat;
    private bool _stopped;
    private bool _abandoned;

    /// <param name="capture">The capture directory.</param>
    /// <param name="delay">The maximum time between a write and the start of its sync.</param>
    /// <param name="patience">How long the thread may be at one step at the stop before it is abandoned.</param>
    /// <param name="seen">Stores the time up to which events are durable.</param>
    /// <param name="failures">Called on this thread when a sync failed: the kernel may have dropped written data.</param>
    /// <param name="unwritten">Returns loss rows that the disk has no room for, to be stored with that time. Called on this thread.</param>
    public HotSync(CaptureDirectory capture, TimeSpan delay, TimeSpan patience, SeenFile seen, FailureLog failures, Func<IReadOnlyList<LossRow>> unwritten)
    {
        (_capture, _delay, _progress, _seen, _failures, _unwritten) = (capture, delay, new ThreadProgress(patience), seen, failures, unwritten);
        _thread = new Thread(Run) { Name = "netmon-sync", IsBackground = true };
        _thread.Start();
    }

    /// <summary>How long the current sync has been running.</summary>
    public TimeSpan StandsFor => _progress.StandsFor;

    /// <summary>Reports that the segment was appended to.</summary>
    public void Written(HotFile file)
    {
        lock (_written)
        {
            if (_written.Count == 0)
            {
                _firstWriteAt = Environment.TickCount64;
                Monitor.Pulse(_written);
            }

            _written.Add(file);
        }
    }

    /// <summary>Takes ownership of a complete segment: syncs and closes it.</summary>
    public void Ended(HotFile file)
    {
        lock (_written)
        {
            Written(file);
            _ended.Add(file);
        }
    }

    /// <summary>Reports that all events before this time have been written; Unix nanoseconds.</summary>
    /// <param name="now">Whether to record the time even if nothing was written.</param>
    public void Covered(long watermark, bool now)
    {
        lock (_written)
        {
            _covered = watermark;
            if (now && !_beat)
            {
                _beat = true;
                Monitor.Pulse(_written);
            }
        }
    }

    /// <summary>Syncs the rest, records that the agent stopped, and ends; false if the thread hangs and was abandoned.</summary>
    public bool Stop()
    {
        lock (_written)
        {
            _stopped = true;
            Monitor.Pulse(_written);
        }

        return _progress.Join(_thread);
    }

    /// <summary>Simulates a kill: ends immediately and leaves everything as it is. For tests.</summary>
    public void Abandon()
    {
        lock (_written)
        {
            _stopped = _abandoned = true;
            Monitor.Pulse(_written);
        }

        _ = _progress.Join(_thread);
        Close([.. _ended]);
    }

    private void Run()
    {
        for (var stopped = false; !stopped;)
        {
            HotFile[] written;
            HotFile[] ended;
            long covered;
            lock (_written)
            {
                WaitForWork();
                (written, ended, covered, stopped) = ([.. _written], [.. _ended], _covered, _stopped);
                if (_abandoned)
                {
                    return;
                }

                _written.Clear();
                _ended.Clear();
                _beat = false;
            }

            try
            {
                NoteDown(isDurable: Sync(written), covered, stopped);
            }
            catch (Exception failure)
            {
                _failures.Failed(failure, rowsLost: 0);
            }

            Close(ended);
            _progress.Idle();
        }
    }

    private void WaitForWork()
    {
        while (!_stopped && !_beat)
        {
            if (_written.Count == 0)
            {
                Monitor.Wait(_written);
                continue;
            }

            var left = _delay - TimeSpan.FromMilliseconds(Environment.TickCount64 - _firstWriteAt);
            if (left <= TimeSpan.Zero)
            {
                return;
            }

            Monitor.Wait(_written, left);
        }
    }

    private bool Sync(HotFile[] segments)
    {
        _suspects.RemoveAll(suspect => !_capture.Root.Has(suspect.Path));
        var durable = _suspects.Count == 0;
        foreach (var segment in segments)
        {
            _progress.Step();
            try
            {
                ContainedFolder.SyncData(segment.File);
                if (!segment.IsNameDurable)
                {
                    _capture.SyncFolders(CapturePaths.HotFolder(segment.Hour));
                    segment.IsNameDurable = true;
                }
            }
            catch (Exception failure) when (DiskFailure.Is(failure))
            {
                if (!_capture.Root.Has(segment.Path))
                {
                    continue; // sealed meanwhile and its folder removed; or removed by another program, which the appending thread reports
                }

                durable = false;
                segment.IsSuspect = true; // the kernel reports the error once; lost data is detected when the segment is sealed
                _suspects.Add(segment);
                _failures.Failed(failure, rowsLost: 0);
            }
        }

        return durable;
    }

    private void NoteDown(bool isDurable, long covered, bool stopped)
    {
        _progress.Step();
        try
        {
            _seen.WriteLosses(_unwritten());
            if (isDurable && covered != 0)
            {
                _seen.Write(covered, stopped);
                _failures.Succeeded();
            }
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            _failures.Failed(failure, rowsLost: 0);
        }
    }

    private static void Close(HotFile[] segments) => Array.ForEach(segments, segment => segment.Close());
}

using System.Globalization;
using System.Text;
using NetMon.Native;

namespace NetMon.Storage.Hot;

/// <summary>
/// Makes segments durable on a thread of its own, so that no event waits for the disk: a while after the first write
/// fdatasync(2) once for all writes until then. Without writes it sleeps. After each sync, and every ten seconds of quiet,
/// it notes down the moment before which every event is durable: what is missing after a crash begins there.
/// </summary>
internal sealed class HotSync
{
    private readonly CaptureDirectory _capture;
    private readonly TimeSpan _delay;
    private readonly Action<Exception> _failed;
    private readonly HashSet<HotFile> _written = [];
    private readonly List<HotFile> _ended = [];
    private readonly Thread _thread;
    private long _firstWriteAt;
    private long _covered;
    private bool _beat;
    private bool _stopped;
    private bool _abandoned;

    /// <param name="capture">Whose segments these are.</param>
    /// <param name="delay">How long after a write its sync begins, at the latest.</param>
    /// <param name="failed">Told on this thread that a sync failed: the kernel may have dropped what was written.</param>
    public HotSync(CaptureDirectory capture, TimeSpan delay, Action<Exception> failed)
    {
        (_capture, _delay, _failed) = (capture, delay, failed);
        _thread = new Thread(Run) { Name = "netmon-sync", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Something was appended to the segment.</summary>
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

    /// <summary>Takes over a segment that nobody will append to: syncs and closes it.</summary>
    public void Ended(HotFile file)
    {
        lock (_written)
        {
            Written(file);
            _ended.Add(file);
        }
    }

    /// <summary>Every event before this moment has been written; Unix nanoseconds.</summary>
    /// <param name="now">Whether to note it down although nothing was written.</param>
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

    /// <summary>Syncs what is left, notes down that the agent stopped, and ends.</summary>
    public void Stop()
    {
        lock (_written)
        {
            _stopped = true;
            Monitor.Pulse(_written);
        }

        _thread.Join();
    }

    /// <summary>As a kill would: ends at once and leaves everything as it is.</summary>
    public void Abandon()
    {
        lock (_written)
        {
            _stopped = _abandoned = true;
            Monitor.Pulse(_written);
        }

        _thread.Join();
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

            if (Sync(written) && covered != 0)
            {
                Note(covered, stopped);
            }

            Close(ended);
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
        var durable = true;
        foreach (var segment in segments)
        {
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
                    continue; // sealed meanwhile, and its folder gone with it; or removed by somebody, which who appends tells of
                }

                durable = false;
                _failed(failure);
            }
        }

        return durable;
    }

    private void Note(long covered, bool stopped)
    {
        try
        {
            using var file = _capture.Root.Create(_capture.SeenPath, mayExist: true);
            var text = string.Create(CultureInfo.InvariantCulture, $"{covered:D20} {(stopped ? "stopped" : "running")}\n");
            RandomAccess.Write(file, Encoding.ASCII.GetBytes(text), 0);
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            _failed(failure);
        }
    }

    private static void Close(HotFile[] segments) => Array.ForEach(segments, segment => segment.Close());
}

using System.Globalization;
using NetMon.Foundation.Logging;

namespace NetMon.Storage;

/// <summary>
/// Watches the free disk, so that the node's other programs keep theirs. A little above the floor old hours are removed; below it
/// storage pauses until that, or somebody else, has made room. <see cref="IsBelow"/> is for the thread that writes, all else for the
/// thread that seals.
/// </summary>
internal sealed class DiskFloor(CaptureDirectory capture, FreeDisk keepFree, Logger log)
{
    private const long LookEveryMilliseconds = 1000;
    private const long SayEveryMilliseconds = 5000;

    /// <summary>To seal a segment takes less than that, so with this much left what is in hot/ can still be sealed.</summary>
    private const long LeastReserve = 16L << 20;

    private readonly Lock _gate = new();
    private long _lent;
    private long _nextLook;
    private long _nextLow;
    private bool _below;

    /// <summary>Called when room has to be made, every five seconds at most.</summary>
    public Action? Low { get; set; }

    /// <summary>Whether to pause. Looks at the disk at most once a second, and logs each change once.</summary>
    public bool IsBelow()
    {
        var now = Environment.TickCount64;
        if (now >= _nextLook)
        {
            _nextLook = now + LookEveryMilliseconds;
            Look();
        }

        return _below;
    }

    /// <summary>Bytes that have to be removed; 0 while there is enough.</summary>
    /// <param name="free">Bytes that are free.</param>
    /// <param name="floor">Bytes that are to stay free.</param>
    public long Missing(out long free, out long floor) =>
        TryMeasure(out free, out floor) && free < PruneBelow(floor) ? floor + floor / 8 - free : 0;

    /// <summary>Whether a file of this size may be made beside those that it is made of.</summary>
    public bool HasRoomFor(long bytes) => !TryMeasure(out var free, out var floor) || free - bytes >= floor - floor / 4;

    /// <summary>So many bytes are taken for a moment, and no reason to pause, until it is called again.</summary>
    public void Lend(long bytes)
    {
        lock (_gate)
        {
            _lent = bytes;
        }
    }

    /// <summary>Above the floor, so that events come in while room is made.</summary>
    private static long PruneBelow(long floor) => floor + floor / 16;

    private void Look()
    {
        RenewIfElsewhere();
        if (!TryMeasure(out var free, out var floor))
        {
            return; // the next write reports it
        }

        // To go on takes a little more than to pause: else it would do either with each file that somebody removes.
        var below = free < (_below ? floor + floor / 32 : floor);
        if (below != _below)
        {
            _below = below;
            if (below)
            {
                log.Warn(string.Create(
                    CultureInfo.InvariantCulture,
                    $"paused: the file system of {capture.Root.Path} has {free} bytes free, and --keep-free reserves {floor}. Events are not stored but counted (parquet.disk_floor); JSON lines are not affected. The oldest hours are removed to make room. Resuming automatically."));
            }
            else
            {
                log.Info(string.Create(CultureInfo.InvariantCulture, $"resumed: the file system of {capture.Root.Path} has {free} bytes free again."));
            }
        }

        if (free < PruneBelow(floor) && Environment.TickCount64 >= _nextLow)
        {
            _nextLow = Environment.TickCount64 + SayEveryMilliseconds;
            Low?.Invoke();
        }
    }

    /// <summary>A file system that was unmounted still takes events, which nobody would ever see.</summary>
    private void RenewIfElsewhere()
    {
        try
        {
            if (capture.Root.IsElsewhere())
            {
                capture.Renew();
            }
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            // The next write reports it.
        }
    }

    private bool TryMeasure(out long free, out long floor)
    {
        try
        {
            var disk = new DriveInfo(capture.Root.Path);
            lock (_gate)
            {
                free = disk.AvailableFreeSpace + _lent;
            }

            floor = Math.Max(keepFree.Of(disk.TotalSize), Math.Min(LeastReserve, disk.TotalSize / 100));
            return true;
        }
        catch (Exception failure) when (DiskFailure.Is(failure) || failure is ArgumentException)
        {
            (free, floor) = (0, 0);
            return false;
        }
    }
}

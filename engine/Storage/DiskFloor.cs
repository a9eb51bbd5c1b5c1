using System.Globalization;
using NetMon.Foundation.Logging;

namespace NetMon.Storage;

/// <summary>
/// Watches free disk space to protect the node's other programs. Slightly above the floor, old hours are removed; below it, storage
/// pauses until there is enough space again. <see cref="IsBelow"/> is for the writing thread, everything else for the sealing thread.
/// </summary>
internal sealed class DiskFloor(CaptureDirectory capture, FreeDisk keepFree, Logger log)
{
    private const long LookEveryMilliseconds = 1000;
    private const long SayEveryMilliseconds = 5000;

    /// <summary>An upper bound of what sealing a segment needs, so that hot/ can still be sealed with this much space left.</summary>
    private const long LeastReserve = 16L << 20;

    private readonly Lock _gate = new();
    private long _lent;
    private long _nextLook;
    private long _nextLow;
    private bool _below;

    /// <summary>Called when space must be freed, at most every five seconds.</summary>
    public Action? Low { get; set; }

    /// <summary>Whether to pause. Checks the disk at most once a second, and logs each change once.</summary>
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

    /// <summary>Returns the number of bytes to remove; 0 if there is enough space.</summary>
    /// <param name="free">Free bytes.</param>
    /// <param name="floor">Bytes that must stay free.</param>
    public long Missing(out long free, out long floor) =>
        TryMeasure(out free, out floor) && free < PruneBelow(floor) ? floor + floor / 8 - free : 0;

    /// <summary>Whether there is room for a new file of this size beside the files that it replaces.</summary>
    public bool HasRoomFor(long bytes) => !TryMeasure(out var free, out var floor) || free - bytes >= floor - floor / 4;

    /// <summary>Declares that this many bytes are used temporarily and are no reason to pause. Replaces the previous value.</summary>
    public void Lend(long bytes)
    {
        lock (_gate)
        {
            _lent = bytes;
        }
    }

    /// <summary>Slightly above the floor, so that events are still stored while space is freed.</summary>
    private static long PruneBelow(long floor) => floor + floor / 16;

    private void Look()
    {
        RenewIfElsewhere();
        if (!TryMeasure(out var free, out var floor))
        {
            return; // the next write reports it
        }

        // Resuming needs slightly more space than pausing, or each file that is removed elsewhere would toggle the state.
        var below = free < (_below ? floor + floor / 32 : floor);
        if (below != _below)
        {
            _below = below;
            if (below)
            {
                log.Warn(string.Create(
                    CultureInfo.InvariantCulture,
                    $"paused: the file system of {capture.Root.Path} has {free} bytes free, but --keep-free reserves {floor}. Events are not stored but counted (parquet.disk_floor); JSON lines are not affected. The oldest hours are removed to make room. Resuming automatically."));
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

    /// <summary>The mount point of an unmounted file system still accepts files, which become invisible when it is mounted again.</summary>
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

using System.Globalization;
using NetMon.Foundation.Logging;

namespace NetMon.Storage;

/// <summary>Watches the free disk. Below the floor storage pauses, so that the node's other programs keep theirs. One thread.</summary>
internal sealed class DiskFloor(string captureDirectory, FreeDisk keepFree, Logger log)
{
    private const long LookEveryMilliseconds = 1000;
    private long _nextLook;
    private bool _below;

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

    private void Look()
    {
        try
        {
            var disk = new DriveInfo(captureDirectory);
            var (free, floor) = (disk.AvailableFreeSpace, keepFree.Of(disk.TotalSize));
            // To go on takes a little more than to pause: else it would do either with each file that somebody removes.
            var below = free < (_below ? floor + floor / 16 : floor);
            if (below != _below)
            {
                if (below)
                {
                    log.Warn(string.Create(
                        CultureInfo.InvariantCulture,
                        $"paused: the file system of {captureDirectory} has {free} bytes free, and --keep-free reserves {floor}. Events are not stored but counted (parquet.disk_floor); JSON lines are not affected. Free some space or lower --retain-bytes. Resuming automatically."));
                }
                else
                {
                    log.Info(string.Create(CultureInfo.InvariantCulture, $"resumed: the file system of {captureDirectory} has {free} bytes free again."));
                }

                _below = below;
            }
        }
        catch (Exception failure) when (DiskFailure.Is(failure) || failure is ArgumentException)
        {
            // The next write reports it.
        }
    }
}

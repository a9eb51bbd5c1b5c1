using System.Globalization;

namespace NetMon.Storage;

/// <summary>Watches the free disk. Below the floor storage pauses, so that the node's other programs keep theirs. One thread.</summary>
internal sealed class DiskFloor(string captureDirectory, FreeDisk keepFree, Action<string> report)
{
    private const long LookEveryMilliseconds = 1000;
    private long _nextLook;
    private bool _below;

    /// <summary>Whether to pause; looks at the disk once a second at most, and says once when that changes.</summary>
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
                report(below
                    ? string.Create(CultureInfo.InvariantCulture, $"parquet: paused: the file system of {captureDirectory} has {free} bytes free, and {floor} are to stay free (--keep-free). Events are dropped here and counted (parquet.disk_floor) until there is room; JSON goes on.")
                    : string.Create(CultureInfo.InvariantCulture, $"parquet: goes on: the file system of {captureDirectory} has {free} bytes free again."));
                _below = below;
            }
        }
        catch (Exception failure) when (DiskFailure.Is(failure) || failure is ArgumentException)
        {
            // Whoever writes next tells of it.
        }
    }
}

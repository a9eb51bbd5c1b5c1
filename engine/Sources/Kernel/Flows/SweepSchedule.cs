namespace NetMon.Sources.Kernel.Flows;

/// <summary>
/// Schedules sweeps: several within the reporting interval, so that a connection's first report is not late and not all come at once; and one
/// at the start of each UTC hour, for every open connection. Times are Unix nanoseconds; the clock may be set. Not thread-safe.
/// </summary>
public sealed class SweepSchedule(TimeSpan? every)
{
    private const long HourNanoseconds = 3_600_000_000_000;
    private const int SweepsAnInterval = 4;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PauseWithoutReports = TimeSpan.FromMinutes(1); // slots of sockets that are gone are still released
    private long? _hour;

    /// <summary>Returns the time until the next sweep.</summary>
    public TimeSpan PauseAt(long unixNanoseconds)
    {
        if (every is not { } interval)
        {
            return PauseWithoutReports;
        }

        var pause = interval / SweepsAnInterval < LongestPause ? interval / SweepsAnInterval : LongestPause;
        var untilHour = TimeSpan.FromTicks((HourNanoseconds - unixNanoseconds % HourNanoseconds) / TimeSpan.NanosecondsPerTick + 1);
        return untilHour < pause ? untilHour : pause;
    }

    /// <summary>Returns what a sweep at this time reports: all connections if the hour has changed since the last sweep, even because the clock was set.</summary>
    public (ulong EveryNanoseconds, bool All) RequestAt(long unixNanoseconds)
    {
        var hour = unixNanoseconds / HourNanoseconds;
        var begins = _hour is { } last && last != hour;
        _hour = hour;
        return ((ulong)(every?.TotalNanoseconds ?? 0), begins && every is not null);
    }
}

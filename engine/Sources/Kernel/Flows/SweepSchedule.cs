namespace NetMon.Sources.Kernel.Flows;

/// <summary>
/// When to sweep: several times within the interval of the reports, so that a connection's first comes soon after it is due and not
/// all come at once; and at each UTC hour's start, for every open connection. Unix nanoseconds, from a clock that may be set. One thread.
/// </summary>
public sealed class SweepSchedule(TimeSpan? every)
{
    private const long HourNanoseconds = 3_600_000_000_000;
    private const int SweepsAnInterval = 4;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PauseWithoutReports = TimeSpan.FromMinutes(1); // what is gone is still given back
    private long? _hour;

    /// <summary>How long to wait from now to the next sweep.</summary>
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

    /// <summary>What a sweep at this time reports: all where another hour has begun since the last, also because the clock was set.</summary>
    public (ulong EveryNanoseconds, bool All) RequestAt(long unixNanoseconds)
    {
        var hour = unixNanoseconds / HourNanoseconds;
        var begins = _hour is { } last && last != hour;
        _hour = hour;
        return ((ulong)(every?.TotalNanoseconds ?? 0), begins && every is not null);
    }
}

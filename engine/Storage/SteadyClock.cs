namespace NetMon.Storage;

/// <summary>
/// Whether the wall clock can be trusted with what is removed for its age: only once it has run beside the monotonic clock, without
/// being set, for a while. A clock that is a year ahead until NTP has answered removes nothing. One thread.
/// </summary>
/// <param name="needed">For how long.</param>
internal sealed class SteadyClock(TimeSpan needed)
{
    /// <summary>What a clock may be set by, or the event stream be late, between two looks.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const long NoTime = 1_000_000_000;

    private TimeSpan? _offset;
    private TimeSpan _since;

    /// <summary>By how much the clock was set before the last look, if that was the first to see it; else zero.</summary>
    public TimeSpan SetBy { get; private set; }

    /// <summary>Looks at both clocks; true if the wall clock can be trusted.</summary>
    /// <param name="unixNanoseconds">Of the wall clock.</param>
    /// <param name="monotonic">Of a clock that nobody sets.</param>
    public bool Look(long unixNanoseconds, TimeSpan monotonic)
    {
        SetBy = TimeSpan.Zero;
        if (unixNanoseconds < NoTime)
        {
            return false; // a source's first watermark says that no event is older, not what time it is
        }

        var offset = TimeSpan.FromTicks(unixNanoseconds / TimeSpan.NanosecondsPerTick) - monotonic;
        if (_offset is { } before && (offset - before).Duration() > Tolerance)
        {
            SetBy = offset - before;
        }

        if (_offset is null || SetBy != TimeSpan.Zero)
        {
            _since = monotonic;
        }

        _offset = offset;
        return monotonic - _since >= needed;
    }
}

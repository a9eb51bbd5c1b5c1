namespace NetMon.Storage;

/// <summary>
/// Decides whether the wall clock can be trusted for removing old files: only after it has run in step with the monotonic clock for a
/// while. So a clock that is a year ahead until NTP corrects it removes nothing. Not thread-safe.
/// </summary>
/// <param name="needed">How long the clocks must agree.</param>
internal sealed class SteadyClock(TimeSpan needed)
{
    /// <summary>The accepted difference between two checks, for clock adjustments and a delayed event stream.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private const long NoTime = 1_000_000_000;

    private TimeSpan? _offset;
    private TimeSpan _since;

    /// <summary>By how much the clock was set, if the last check detected it; else zero.</summary>
    public TimeSpan SetBy { get; private set; }

    /// <summary>Compares both clocks; true if the wall clock can be trusted.</summary>
    /// <param name="unixNanoseconds">The wall clock.</param>
    /// <param name="monotonic">The monotonic clock.</param>
    public bool Look(long unixNanoseconds, TimeSpan monotonic)
    {
        SetBy = TimeSpan.Zero;
        if (unixNanoseconds < NoTime)
        {
            return false; // a source's first watermark is only a lower bound of event times, not the current time
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

using NetMon.Native;

namespace NetMon.Sources.Kernel;

/// <summary>
/// Converts the kernel's monotonic time to wall-clock time. Both clocks run at the same speed (adjtimex(2) slews both), so the offset is kept,
/// and events stay in order, until the clock is set or the machine has been suspended. Not thread-safe.
/// </summary>
public sealed class WallClock
{
    private const long SmallestStepNanoseconds = 50_000;
    private const int Samples = 5;
    private long _offset = Sample();

    /// <summary>Nanoseconds to add to CLOCK_MONOTONIC.</summary>
    public long OffsetNanoseconds
    {
        get
        {
            // Preemption between two readings may look like a step once, but not repeatedly.
            if (Math.Abs(MonotonicClock.OffsetToRealtime - _offset) > SmallestStepNanoseconds
                && Sample() is var offset && Math.Abs(offset - _offset) > SmallestStepNanoseconds)
            {
                _offset = offset;
            }

            return _offset;
        }
    }

    /// <summary>Returns the median of several readings.</summary>
    private static long Sample() => Enumerable.Range(0, Samples).Select(_ => MonotonicClock.OffsetToRealtime).Order().ElementAt(Samples / 2);
}

using NetMon.Native;

namespace NetMon.Sources.Kernel;

/// <summary>
/// What turns the kernel's monotonic time into wall time. The two clocks run at one speed (adjtimex(2) slews both), so
/// the offset is kept, and events keep their order, until somebody sets the clock or the machine has slept. One thread.
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
            // Being preempted between two readings looks like a step once, but not each time.
            if (Math.Abs(MonotonicClock.OffsetToRealtime - _offset) > SmallestStepNanoseconds
                && Sample() is var offset && Math.Abs(offset - _offset) > SmallestStepNanoseconds)
            {
                _offset = offset;
            }

            return _offset;
        }
    }

    /// <summary>The median of a few readings.</summary>
    private static long Sample() => Enumerable.Range(0, Samples).Select(_ => MonotonicClock.OffsetToRealtime).Order().ElementAt(Samples / 2);
}

namespace NetMon.Native;

/// <summary>The clocks that kernel records refer to, in nanoseconds.</summary>
public static unsafe class MonotonicClock
{
    private const int Realtime = 0;
    private const int Monotonic = 1;
    private const int Boot = 7;
    private const long PerSecond = 1_000_000_000;

    /// <summary>CLOCK_MONOTONIC, the clock of bpf_ktime_get_ns().</summary>
    public static ulong Now => (ulong)Read(Monotonic);

    /// <summary>CLOCK_BOOTTIME: the time since boot, including suspend.</summary>
    public static ulong SinceBoot => (ulong)Read(Boot);

    /// <summary>The current difference of CLOCK_REALTIME and CLOCK_MONOTONIC; exact to about a microsecond, unless the thread is preempted meanwhile.</summary>
    public static long OffsetToRealtime
    {
        get
        {
            var before = Read(Monotonic);
            var wall = Read(Realtime);
            var after = Read(Monotonic);
            return wall - (before + (after - before) / 2);
        }
    }

    /// <summary>Sleeps for about this long; a signal may end it early.</summary>
    public static void Sleep(TimeSpan time)
    {
        var request = new Libc.TimeSpec { Seconds = time.Ticks / TimeSpan.TicksPerSecond, Nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * 100 };
        _ = Libc.Sleep(&request, null);
    }

    private static long Read(int clock)
    {
        Libc.TimeSpec time;
        _ = Libc.ClockTime(clock, &time);
        return time.Seconds * PerSecond + time.Nanoseconds;
    }
}

namespace NetMon.Storage;

/// <summary>Whether a thread gets on with its work, for those that wait for it. Any thread.</summary>
internal sealed class ThreadProgress
{
    /// <summary>No single step takes that long on a disk that works; a thread that has made none for so long is not waited for at the stop.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private long _stepAt; // milliseconds of Environment.TickCount64; 0: it has nothing to do

    /// <summary>For how long it has worked at one step; zero while it has nothing to do.</summary>
    public TimeSpan StandsFor => Volatile.Read(ref _stepAt) is var at and not 0 ? TimeSpan.FromMilliseconds(Environment.TickCount64 - at) : TimeSpan.Zero;

    /// <summary>It begins its next step.</summary>
    public void Step() => Volatile.Write(ref _stepAt, Math.Max(1, Environment.TickCount64));

    /// <summary>It has nothing to do.</summary>
    public void Idle() => Volatile.Write(ref _stepAt, 0);

    /// <summary>Waits until the thread has ended; false if it stands still for <see cref="Bound"/> instead.</summary>
    public bool Join(Thread thread)
    {
        while (thread.IsAlive && !thread.Join(LookAgain))
        {
            if (StandsFor > Bound)
            {
                return false;
            }
        }

        return true;
    }
}

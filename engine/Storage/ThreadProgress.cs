namespace NetMon.Storage;

/// <summary>Tracks whether a thread makes progress, for threads that wait for it. Thread-safe.</summary>
/// <param name="bound">A thread without progress for this long is abandoned at the stop.</param>
internal sealed class ThreadProgress(TimeSpan bound)
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);
    private long _stepAt; // milliseconds of Environment.TickCount64; 0: idle

    /// <summary>How long the thread has been at its current step; zero while idle.</summary>
    public TimeSpan StandsFor => Volatile.Read(ref _stepAt) is var at and not 0 ? TimeSpan.FromMilliseconds(Environment.TickCount64 - at) : TimeSpan.Zero;

    /// <summary>Called by the thread when it begins a step.</summary>
    public void Step() => Volatile.Write(ref _stepAt, Math.Max(1, Environment.TickCount64));

    /// <summary>Called by the thread when it becomes idle.</summary>
    public void Idle() => Volatile.Write(ref _stepAt, 0);

    /// <summary>Waits until the thread has ended; false if it makes no progress for the bound.</summary>
    public bool Join(Thread thread)
    {
        while (thread.IsAlive && !thread.Join(LookAgain))
        {
            if (StandsFor > bound)
            {
                return false;
            }
        }

        return true;
    }
}

namespace NetMon.Native;

/// <summary>The scheduler's weight of one thread, for which .NET has no call that works on Linux.</summary>
public static class ThreadNiceness
{
    /// <summary>Makes the calling thread yield to others: 0 is usual, 19 the least. Where it may not, nothing changes.</summary>
    public static void Set(int niceness) => _ = Libc.SetPriority(Libc.PriorityOfProcess, 0, niceness); // 0 is the calling thread (setpriority(2), Linux)
}

namespace NetMon.Native;

/// <summary>The scheduling priority of a thread; .NET has no API for it that works on Linux.</summary>
public static class ThreadNiceness
{
    /// <summary>Sets the niceness of the calling thread, from 0 (default) to 19 (lowest priority). Has no effect if not permitted.</summary>
    public static void Set(int niceness) => _ = Libc.SetPriority(Libc.PriorityOfProcess, 0, niceness); // 0 is the calling thread (setpriority(2), Linux)
}

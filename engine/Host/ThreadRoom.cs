namespace NetMon.Host;

/// <summary>Checks at the start whether the agent can create the threads that it needs; a failure later would end the process with a stack trace.</summary>
internal static class ThreadRoom
{
    private const int Threads = 20; // all outputs, and some for the pool

    /// <summary>The message if threads can't be created.</summary>
    public static string Missing =>
        $"this user can't start the {Threads} additional threads that the agent needs. Raise the limit: ulimit -u, TasksMax= of a systemd unit, or pids.max of the cgroup (in Kubernetes podPidsLimit of kubelet).";

    /// <summary>Starts that many threads and lets them end; false if one can't be started.</summary>
    public static bool IsThere()
    {
        using var end = new ManualResetEventSlim();
        var started = new List<Thread>();
        try
        {
            while (started.Count < Threads)
            {
                var thread = new Thread(end.Wait, maxStackSize: 64 * 1024);
                thread.Start();
                started.Add(thread);
            }

            return true;
        }
        catch (OutOfMemoryException)
        {
            return false; // .NET's exception for EAGAIN
        }
        finally
        {
            end.Set();
            started.ForEach(thread => thread.Join());
        }
    }
}

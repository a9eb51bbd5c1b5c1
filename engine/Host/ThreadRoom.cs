namespace NetMon.Host;

/// <summary>Whether the agent may have the threads that it needs, found out before anything is begun: a thread that can't be made later ends the process with a trace.</summary>
internal static class ThreadRoom
{
    private const int Threads = 20; // as many as it has with all outputs, and some for the pool

    /// <summary>What to say where they may not be had.</summary>
    public static string Missing =>
        $"this user may not start the {Threads} threads that the agent needs beside its first. Raise the limit: ulimit -u, TasksMax= of a systemd unit, or pids.max of the cgroup (in Kubernetes podPidsLimit of kubelet).";

    /// <summary>Starts them all and lets them end.</summary>
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
            return false; // what .NET makes of EAGAIN
        }
        finally
        {
            end.Set();
            started.ForEach(thread => thread.Join());
        }
    }
}

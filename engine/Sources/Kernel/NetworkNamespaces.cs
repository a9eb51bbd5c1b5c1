using NetMon.Native;

namespace NetMon.Sources.Kernel;

/// <summary>The network namespaces of this node, found through its processes.</summary>
internal static class NetworkNamespaces
{
    /// <summary>
    /// Executes an action in every network namespace that has a process, on a separate thread; only in the current one if entering others is not
    /// permitted (it needs CAP_SYS_ADMIN).
    /// </summary>
    public static void Visit(Action visit)
    {
        var visitor = new Thread(() =>
        {
            visit();
            foreach (var path in OnePathEach().Skip(1))
            {
                if (NetworkNamespace.TryEnter(path))
                {
                    visit();
                }
            }
        });
        visitor.Start();
        visitor.Join();
    }

    /// <summary>Returns a path to each namespace, this process's own first. Processes may end meanwhile.</summary>
    private static IEnumerable<string> OnePathEach()
    {
        var seen = new HashSet<string>();
        IEnumerable<string> processes = ["/proc/self", .. Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1]))];
        foreach (var path in processes.Select(process => $"{process}/ns/net"))
        {
            if (Target(path) is { } target && seen.Add(target))
            {
                yield return path;
            }
        }
    }

    /// <summary>Returns text such as net:[4026531833]; null if the process is gone or hidden.</summary>
    private static string? Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: false)?.Name;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

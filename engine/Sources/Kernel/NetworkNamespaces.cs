using NetMon.Native;

namespace NetMon.Sources.Kernel;

/// <summary>The network namespaces of this node, found through its processes.</summary>
internal static class NetworkNamespaces
{
    /// <summary>
    /// Does something in every network namespace that a process lives in, on a thread of its own; in the present one
    /// only where entering others is not allowed (it takes CAP_SYS_ADMIN).
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

    /// <summary>A path to each namespace, this process's own first. A process may end while it is looked at.</summary>
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

    /// <summary>net:[4026531833]; null where the process is gone or hidden.</summary>
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

namespace NetMon.Enrichment.Runtimes;

/// <summary>Resolves all symbolic links in a path.</summary>
internal static class RealPath
{
    /// <summary>The kernel's limit (path_resolution(7)).</summary>
    private const int MostLinks = 40;

    /// <summary>Resolves an absolute path. Parts that can't be resolved stay as written.</summary>
    public static string Of(string path)
    {
        var pending = new Stack<string>();
        Push(pending, path);
        var (real, links) = ("/", 0);
        while (pending.TryPop(out var part))
        {
            if (part is "" or ".")
            {
                continue;
            }

            var next = part == ".." ? Path.GetDirectoryName(real) ?? "/" : Path.Combine(real, part);
            var target = part == ".." ? null : Target(next);
            if (target is null)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks)
            {
                return path;
            }

            real = target.StartsWith('/') ? "/" : real;
            Push(pending, target);
        }

        return real;
    }

    private static void Push(Stack<string> pending, string path)
    {
        foreach (var part in path.Split('/').Reverse())
        {
            pending.Push(part);
        }
    }

    private static string? Target(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

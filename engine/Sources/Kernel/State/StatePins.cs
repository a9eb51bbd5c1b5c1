using NetMon.Native;

namespace NetMon.Sources.Kernel.State;

/// <summary>The names under which maps are pinned in a folder of a bpffs.</summary>
public static class StatePins
{
    /// <summary>The default folder.</summary>
    public const string StandardFolder = "/sys/fs/bpf/netmon";

    private static readonly string[] Prefixes = ["slots-", "turns-", "state-"];

    /// <summary>Removes our pins in the folder, and the folder if it is empty then; returns how many there were. A map is freed with its last user.</summary>
    /// <exception cref="IOException">A pin or the folder can't be removed or read.</exception>
    /// <exception cref="UnauthorizedAccessException">Permission is denied.</exception>
    public static int Remove(string folder)
    {
        if (!Directory.Exists(folder) || !BpfFolder.IsBpf(folder))
        {
            return 0;
        }

        var removed = RemoveBut(folder, []);
        if (!Directory.EnumerateFileSystemEntries(folder).Any())
        {
            TryRemoveFolder(folder);
        }

        return removed;
    }

    /// <summary>Removes our pins except for these; returns how many were removed. Throws as <see cref="Remove"/>.</summary>
    internal static int RemoveBut(string folder, IReadOnlyCollection<string> kept)
    {
        var others = Directory.GetFileSystemEntries(folder)
            .Where(path => Path.GetFileName(path) is var name && Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) && !kept.Contains(name))
            .ToList();
        others.ForEach(File.Delete);
        return others.Count;
    }

    /// <summary>Removes the folder, unless it is a mount point.</summary>
    private static void TryRemoveFolder(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty folder costs nothing, and the next agent uses it.
        }
    }
}

using NetMon.Native;

namespace NetMon.Sources.Kernel.State;

/// <summary>The names in a folder of a bpffs by which maps outlive the agent.</summary>
public static class StatePins
{
    /// <summary>Where they are unless the agent is told otherwise.</summary>
    public const string StandardFolder = "/sys/fs/bpf/netmon";

    private static readonly string[] Prefixes = ["slots-", "turns-", "state-"];

    /// <summary>Removes every pin of ours in the folder, and the folder if nothing else is in it; how many there were. A map goes with its last user.</summary>
    /// <exception cref="IOException">A pin, or the folder, can't be removed or read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same, for want of a right.</exception>
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

    /// <summary>Removes the pins of ours that have other names than these; how many there were. Throws as <see cref="Remove"/>.</summary>
    internal static int RemoveBut(string folder, IReadOnlyCollection<string> kept)
    {
        var others = Directory.GetFileSystemEntries(folder)
            .Where(path => Path.GetFileName(path) is var name && Prefixes.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)) && !kept.Contains(name))
            .ToList();
        others.ForEach(File.Delete);
        return others.Count;
    }

    /// <summary>It stays where it is a mount of its own.</summary>
    private static void TryRemoveFolder(string folder)
    {
        try
        {
            Directory.Delete(folder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty folder takes nothing, and the next agent uses it.
        }
    }
}

using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>What is in a folder under a name.</summary>
/// <param name="Name">Without the folder.</param>
/// <param name="Kind">Of what is there itself, not of what a link leads to.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">When it was last written, Unix nanoseconds.</param>
internal readonly record struct FolderEntry(string Name, FileKind Kind, long Bytes, long Modified)
{
    /// <summary>All entries, in the order of their names' bytes; what is gone meanwhile, or has a name that is not UTF-8, is left out.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static List<FolderEntry> In(SafeFileHandle folder)
    {
        var descriptor = ContainedRoot.Descriptor(folder);
        var entries = new List<FolderEntry>();
        foreach (var path in Directory.EnumerateFileSystemEntries($"/proc/self/fd/{descriptor}"))
        {
            var name = Path.GetFileName(path);
            if (FileInode.EntryOf(descriptor, name) is { } entry)
            {
                entries.Add(new FolderEntry(name, RegularFile.KindOf(entry.Mode), entry.Bytes, entry.Modified));
            }
        }

        entries.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        return entries;
    }
}

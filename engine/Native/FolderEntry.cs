using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>An entry of a folder.</summary>
/// <param name="Name">Without the folder.</param>
/// <param name="Kind">The type of the entry itself, not of a link's target.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">Its modification time, Unix nanoseconds.</param>
internal readonly record struct FolderEntry(string Name, FileKind Kind, long Bytes, long Modified)
{
    /// <summary>Lists all entries by name, in byte order. Entries that disappear meanwhile, or with names that are not UTF-8, are skipped.</summary>
    /// <exception cref="IOException">The folder can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">As for <see cref="IOException"/>.</exception>
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

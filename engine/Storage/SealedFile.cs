using Microsoft.Win32.SafeHandles;
using NetMon.Parquet.Reading;

namespace NetMon.Storage;

/// <summary>
/// The origin of a sealed file: its metadata lists the hot files that it was made from. A crash between the rename of the sealed file and
/// the removal of those hot files leaves both; this list identifies the ones to remove.
/// </summary>
public static class SealedFile
{
    /// <summary>The metadata key. The value is a comma-separated list of file names without folders.</summary>
    internal const string SegmentsKey = "netmon.segments";

    /// <summary>Returns the names, without folders, of the hot files that a file was made from, by its metadata; empty if not recorded.</summary>
    public static string[] MadeOf(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue(SegmentsKey, out var names) ? names.Split(',', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>Returns the metadata value for a file that is made from these hot files.</summary>
    internal static string SegmentsText(IEnumerable<string> paths) => string.Join(',', paths.Select(CapturePaths.NameOf));

    /// <summary>Returns the names of all hot files that these files were made from.</summary>
    /// <exception cref="IOException">A file can't be read.</exception>
    internal static HashSet<string> SegmentsIn(CaptureDirectory capture, IEnumerable<string> paths)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (capture.Root.TryOpen(path, writable: false) is { } file)
            {
                names.UnionWith(MadeOf(MetadataOf(file)));
            }
        }

        return names;
    }

    /// <summary>Returns the node that a file's events belong to; null if not recorded or the file is corrupt. Takes ownership of the handle.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    internal static string? NodeOf(SafeFileHandle file) => MetadataOf(file).GetValueOrDefault(FileMetadata.NodeKey);

    /// <summary>Returns a file's metadata; empty if the file is corrupt.</summary>
    private static IReadOnlyDictionary<string, string> MetadataOf(SafeFileHandle handle)
    {
        try
        {
            using var file = ParquetFile.Open(handle);
            return file.Metadata;
        }
        catch (DamagedFileException)
        {
            return new Dictionary<string, string>();
        }
    }
}

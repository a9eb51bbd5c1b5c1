using Microsoft.Win32.SafeHandles;
using NetMon.Parquet.Reading;

namespace NetMon.Storage;

/// <summary>
/// What a sealed file says about its origin: its metadata lists the hot files that it was made from. A crash between the
/// rename of the sealed file and the removal of those hot files leaves both, and this list tells them apart.
/// </summary>
public static class SealedFile
{
    /// <summary>The metadata key; its value is a comma-separated list of file names without folders.</summary>
    internal const string SegmentsKey = "netmon.segments";

    /// <summary>File names, without folders, of the hot files that a file was made from, by its metadata; empty if it does not say.</summary>
    public static string[] MadeOf(IReadOnlyDictionary<string, string> metadata) =>
        metadata.TryGetValue(SegmentsKey, out var names) ? names.Split(',', StringSplitOptions.RemoveEmptyEntries) : [];

    /// <summary>The metadata value for a file that is made from these hot files.</summary>
    internal static string SegmentsText(IEnumerable<string> paths) => string.Join(',', paths.Select(CapturePaths.NameOf));

    /// <summary>The names of all hot files that went into these files.</summary>
    /// <exception cref="IOException">One can't be read.</exception>
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

    /// <summary>The node whose events a file has; null if it does not say or is damaged. Takes the file over.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    internal static string? NodeOf(SafeFileHandle file) => MetadataOf(file).GetValueOrDefault(FileMetadata.NodeKey);

    /// <summary>Nothing of a file that is damaged.</summary>
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

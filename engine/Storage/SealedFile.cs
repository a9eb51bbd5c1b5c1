using Microsoft.Win32.SafeHandles;
using NetMon.Parquet.Reading;

namespace NetMon.Storage;

/// <summary>
/// What a sealed file says about its origin: its metadata lists the hot files that it was made from. A crash between the
/// rename of the sealed file and the removal of those hot files leaves both, and this list tells them apart.
/// </summary>
internal static class SealedFile
{
    /// <summary>The metadata key; its value is a comma-separated list of file names without folders.</summary>
    public const string SegmentsKey = "netmon.segments";

    /// <summary>The metadata value for a file that is made from these hot files.</summary>
    public static string SegmentsText(IEnumerable<string> paths) => string.Join(',', paths.Select(CapturePaths.NameOf));

    /// <summary>The names of all hot files that went into these files.</summary>
    /// <exception cref="IOException">One can't be read.</exception>
    public static HashSet<string> SegmentsIn(CaptureDirectory capture, IEnumerable<string> paths)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in paths)
        {
            if (capture.Root.TryOpen(path, writable: false) is { } file)
            {
                names.UnionWith(SegmentsOf(file));
            }
        }

        return names;
    }

    /// <summary>The node whose events a file has; null if it does not say or is damaged. Takes the file over.</summary>
    /// <exception cref="IOException">It can't be read.</exception>
    public static string? NodeOf(SafeFileHandle file) => ValueOf(file, FileMetadata.NodeKey);

    private static string[] SegmentsOf(SafeFileHandle file) => ValueOf(file, SegmentsKey)?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static string? ValueOf(SafeFileHandle handle, string key)
    {
        try
        {
            using var file = ParquetFile.Open(handle);
            return file.Metadata.GetValueOrDefault(key);
        }
        catch (DamagedFileException)
        {
            return null;
        }
    }
}

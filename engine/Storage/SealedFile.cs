using NetMon.Storage.Cold;

namespace NetMon.Storage;

/// <summary>What a sealed file says of itself.</summary>
public static class SealedFile
{
    /// <summary>
    /// Names, without folders, of the files of hot/ that went into it; none where it does not say, or is no Parquet file.
    /// </summary>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static IReadOnlyCollection<string> SegmentsOf(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 4096);
        return SealedNames.Read(file);
    }
}

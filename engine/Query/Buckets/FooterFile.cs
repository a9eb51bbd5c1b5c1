using System.Buffers.Binary;

namespace NetMon.Query.Buckets;

/// <summary>A Parquet file without its pages: only the footer, at its original offset, for readers of the footer.</summary>
internal static class FooterFile
{
    private const int TrailerBytes = 8;

    /// <summary>Returns the number of bytes at the end of a Parquet file that contain its footer, as stored in the last of them.</summary>
    /// <param name="tail">A file with the last bytes, at least some hundreds.</param>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static long BytesNeeded(string tail)
    {
        using var file = File.OpenHandle(tail);
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        RandomAccess.Read(file, trailer, RandomAccess.GetLength(file) - TrailerBytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer) + (long)TrailerBytes;
    }

    /// <summary>Makes the file from the last bytes of a Parquet file; the rest is a hole.</summary>
    /// <param name="tail">A file with the last bytes.</param>
    /// <param name="bytes">The size of the whole file.</param>
    /// <param name="path">The file to create.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void Write(string tail, long bytes, string path)
    {
        File.Delete(path); // it may be a hard link to a file that must stay
        using var from = File.OpenRead(tail);
        using var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        to.Write("PAR1"u8);
        to.SetLength(bytes);
        to.Position = bytes - from.Length;
        from.CopyTo(to);
    }
}

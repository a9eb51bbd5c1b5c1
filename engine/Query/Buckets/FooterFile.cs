using System.Buffers.Binary;

namespace NetMon.Query.Buckets;

/// <summary>A Parquet file without its pages: its footer at its place, for readers of the footer alone.</summary>
internal static class FooterFile
{
    private const int TrailerBytes = 8;

    /// <summary>How many bytes of the end of a Parquet file have its footer, as the last of them say.</summary>
    /// <param name="tail">A file with the last bytes, some hundreds at least.</param>
    /// <exception cref="IOException">It can't be read.</exception>
    public static long BytesNeeded(string tail)
    {
        using var file = File.OpenHandle(tail);
        Span<byte> trailer = stackalloc byte[TrailerBytes];
        RandomAccess.Read(file, trailer, RandomAccess.GetLength(file) - TrailerBytes);
        return BinaryPrimitives.ReadUInt32LittleEndian(trailer) + (long)TrailerBytes;
    }

    /// <summary>Makes it of the last bytes of a file; what is between is a hole.</summary>
    /// <param name="tail">A file with the last bytes.</param>
    /// <param name="bytes">The size of the whole.</param>
    /// <param name="path">The file to make.</param>
    /// <exception cref="IOException">It can't be made.</exception>
    public static void Write(string tail, long bytes, string path)
    {
        File.Delete(path); // it may be another name of a file that stays
        using var from = File.OpenRead(tail);
        using var to = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
        to.Write("PAR1"u8);
        to.SetLength(bytes);
        to.Position = bytes - from.Length;
        from.CopyTo(to);
    }
}

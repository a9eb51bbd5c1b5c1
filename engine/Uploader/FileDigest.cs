using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Uploader;

/// <summary>The checksums of a file and of the parts in which it is uploaded, for comparison with those of the server.</summary>
internal sealed class FileDigest
{
    /// <summary>The size of a part, unless that results in more than S3's limit of 10,000 parts; S3's minimum is 5 MiB.</summary>
    private const long SmallestPart = 8 << 20;

    private const long MostParts = 10_000;
    private const int BufferBytes = 128 << 10;

    private FileDigest(long bytes, byte[] sha256, byte[] md5, List<PartDigest> parts) =>
        (Bytes, Sha256, Md5, Parts) = (bytes, sha256, md5, parts);

    public long Bytes { get; }

    public IReadOnlyList<PartDigest> Parts { get; }

    public byte[] Sha256 { get; }

    private byte[] Md5 { get; }

    /// <summary>The SHA-256 values that a server may report: of the whole, or of the parts' SHA-256 followed by their number (S3's "composite").</summary>
    public IEnumerable<string> Sha256Texts =>
        [Convert.ToBase64String(Sha256), WithCount(Convert.ToBase64String(SHA256.HashData([.. Parts.SelectMany(part => part.Sha256)]))), Convert.ToBase64String(SHA256.HashData([.. Parts.SelectMany(part => part.Sha256)]))];

    /// <summary>The entity tag of unencrypted objects: MD5 of the whole, or of the parts' MD5 followed by their number.</summary>
#pragma warning disable CA5351 // S3 uses MD5 as its entity tag; SHA-256 is compared if the server reports it.
    public IEnumerable<string> EntityTags =>
        [Convert.ToHexStringLower(Md5), WithCount(Convert.ToHexStringLower(MD5.HashData([.. Parts.SelectMany(part => part.Md5)])))];

    /// <summary>Reads a complete file.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static FileDigest Of(SafeFileHandle file, CancellationToken stop)
    {
        var bytes = RandomAccess.GetLength(file);
        var partBytes = Math.Max(SmallestPart, (bytes + MostParts - 1) / MostParts);
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        using var partSha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var partMd5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        var (parts, buffer) = (new List<PartDigest>(), new byte[BufferBytes]);
        for (long start = 0; start < bytes || parts.Count == 0; start += partBytes)
        {
            var end = Math.Min(bytes, start + partBytes);
            for (var position = start; position < end;)
            {
                stop.ThrowIfCancellationRequested();
                var read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position)), position);
                if (read == 0)
                {
                    throw new IOException("it became shorter while it was being read");
                }

                Array.ForEach([sha256, md5, partSha256, partMd5], hash => hash.AppendData(buffer, 0, read));
                position += read;
            }

            parts.Add(new PartDigest(parts.Count + 1, start, end - start, partSha256.GetHashAndReset(), partMd5.GetHashAndReset()));
        }

        return new FileDigest(bytes, sha256.GetHashAndReset(), md5.GetHashAndReset(), parts);
    }
#pragma warning restore CA5351

    private string WithCount(string text) => string.Create(CultureInfo.InvariantCulture, $"{text}-{Parts.Count}");
}

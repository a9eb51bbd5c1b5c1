namespace NetMon.Uploader;

/// <summary>A part of a file: its number from 1, its position, and its checksums.</summary>
internal sealed record PartDigest(int Number, long Start, long Bytes, byte[] Sha256, byte[] Md5)
{
    /// <summary>The SHA-256 as in headers.</summary>
    public string Sha256Text => Convert.ToBase64String(Sha256);

    /// <summary>The MD5 as in headers.</summary>
    public string Md5Text => Convert.ToBase64String(Md5);

    /// <summary>The MD5 as in entity tags, without quotes.</summary>
    public string EntityTag => Convert.ToHexStringLower(Md5);
}

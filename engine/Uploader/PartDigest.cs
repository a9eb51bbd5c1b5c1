namespace NetMon.Uploader;

/// <summary>A part of a file: its number from 1, where it is, and what its bytes come to.</summary>
internal sealed record PartDigest(int Number, long Start, long Bytes, byte[] Sha256, byte[] Md5)
{
    /// <summary>As headers have it.</summary>
    public string Sha256Text => Convert.ToBase64String(Sha256);

    /// <summary>As headers have it.</summary>
    public string Md5Text => Convert.ToBase64String(Md5);

    /// <summary>As entity tags have it, without quotes.</summary>
    public string EntityTag => Convert.ToHexStringLower(Md5);
}

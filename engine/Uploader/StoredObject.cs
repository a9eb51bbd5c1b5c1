namespace NetMon.Uploader;

/// <summary>What a server reports of an object or a part: size in bytes, entity tag without quotes, SHA-256 in base64; null if not reported.</summary>
internal sealed record StoredObject(long Bytes, string? EntityTag, string? Sha256)
{
    /// <summary>Whether it is the file; null if the server reports only the size.</summary>
    public bool? Is(FileDigest file) => Compare(file.Bytes, file.Sha256Texts, file.EntityTags);

    /// <summary>Whether it is the part; null if the server reports only the size.</summary>
    public bool? Is(PartDigest part) => Compare(part.Bytes, [part.Sha256Text], [part.EntityTag]);

    public override string ToString() => $"{Bytes} bytes, entity tag {EntityTag ?? "none"}, SHA-256 {Sha256 ?? "none"}";

    private bool? Compare(long bytes, IEnumerable<string> sha256, IEnumerable<string> entityTags) =>
        Bytes != bytes ? false
        : !string.IsNullOrEmpty(Sha256) ? sha256.Contains(Sha256)
        : EntityTag is not null && entityTags.Contains(EntityTag.ToLowerInvariant()) ? true
        : null; // an entity tag that is not an MD5: the object is encrypted, or the server computes it differently
}

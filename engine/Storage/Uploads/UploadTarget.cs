namespace NetMon.Storage.Uploads;

/// <summary>Where sealed files go: a bucket, and a prefix in it without slashes at its ends, maybe empty.</summary>
public sealed record UploadTarget(string Bucket, string Prefix)
{
    /// <summary>How one begins.</summary>
    public const string Scheme = "s3://";


    /// <summary>Longest prefix, so that a key keeps within the 1,024 bytes that S3 gives it.</summary>
    private const int LongestPrefix = 512;

    /// <summary>Reads s3://BUCKET[/PREFIX].</summary>
    /// <exception cref="FormatException">It is none; the message says what it takes.</exception>
    public static UploadTarget Parse(string text)
    {
        var rest = text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..] : "";
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (bucket, prefix) = slash < 0 ? (rest, "") : (rest[..slash], rest[slash..].Trim('/'));
        // Bucket names by the rules of S3, and the upper case and '_' that older and other servers allow.
        if (bucket.Length is < 3 or > 255 || !bucket.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'))
        {
            throw new FormatException($"{text}: it takes s3://BUCKET or s3://BUCKET/PREFIX, with a bucket's name of letters, digits, '.', '-' and '_'");
        }

        if (prefix.Length > LongestPrefix || prefix.Any(letter => letter is <= ' ' or > '~') || prefix.Split('/').Any(part => part is "." or ".." || (part.Length == 0 && prefix.Length > 0)))
        {
            throw new FormatException($"{text}: a prefix has up to {LongestPrefix} printable ASCII characters without spaces, and no part that is empty, '.' or '..'");
        }

        return new UploadTarget(bucket, prefix);
    }

    /// <summary>The key of a sealed file: the path in the capture directory, below the prefix.</summary>
    public string KeyOf(string path) => Prefix.Length == 0 ? path : $"{Prefix}/{path}";

    /// <summary>s3://BUCKET[/PREFIX]</summary>
    public override string ToString() => Prefix.Length == 0 ? Scheme + Bucket : $"{Scheme}{Bucket}/{Prefix}";
}

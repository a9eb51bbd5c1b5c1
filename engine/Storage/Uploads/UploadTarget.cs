namespace NetMon.Storage.Uploads;

/// <summary>The destination of sealed files: a bucket, and a prefix without leading or trailing slash, possibly empty.</summary>
public sealed record UploadTarget(string Bucket, string Prefix)
{
    /// <summary>The URL scheme.</summary>
    public const string Scheme = "s3://";


    /// <summary>The maximum length of the prefix, so that keys stay within S3's limit of 1,024 bytes.</summary>
    private const int LongestPrefix = 512;

    /// <summary>Parses s3://BUCKET[/PREFIX].</summary>
    /// <exception cref="FormatException">The text is malformed; the message describes the expected form.</exception>
    public static UploadTarget Parse(string text)
    {
        var rest = text.StartsWith(Scheme, StringComparison.Ordinal) ? text[Scheme.Length..] : "";
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var (bucket, prefix) = slash < 0 ? (rest, "") : (rest[..slash], rest[slash..].Trim('/'));
        // Bucket names by S3's rules, plus upper case and '_', which older and other servers allow.
        if (bucket.Length is < 3 or > 255 || !bucket.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_'))
        {
            throw new FormatException($"{text}: expected s3://BUCKET or s3://BUCKET/PREFIX, with a bucket name of letters, digits, '.', '-' and '_'");
        }

        if (prefix.Length > LongestPrefix || prefix.Any(letter => letter is <= ' ' or > '~') || prefix.Split('/').Any(part => part is "." or ".." || (part.Length == 0 && prefix.Length > 0)))
        {
            throw new FormatException($"{text}: a prefix has up to {LongestPrefix} printable ASCII characters without spaces, and no part that is empty, '.' or '..'");
        }

        return new UploadTarget(bucket, prefix);
    }

    /// <summary>Returns the key of a sealed file: the prefix and the file's path in the capture directory.</summary>
    public string KeyOf(string path) => Prefix.Length == 0 ? path : $"{Prefix}/{path}";

    /// <summary>Formats as s3://BUCKET[/PREFIX].</summary>
    public override string ToString() => Prefix.Length == 0 ? Scheme + Bucket : $"{Scheme}{Bucket}/{Prefix}";
}

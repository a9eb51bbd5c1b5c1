namespace NetMon.Uploader;

/// <summary>The server that the environment names; none means AWS.</summary>
/// <param name="Address">For the library; null for AWS.</param>
internal sealed record Endpoint(string? Address)
{
    private static readonly string[] Variables = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

    /// <summary>For messages: without a user, a password or a path.</summary>
    public string Name => Address is null ? "S3" : new Uri(Address).GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>Reads the environment.</summary>
    /// <exception cref="FormatException">It names no server.</exception>
    public static Endpoint OfEnvironment()
    {
        var text = Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return text is null || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? new Endpoint(text)
            : throw new FormatException("AWS_ENDPOINT_URL: expected http://HOST[:PORT] or https://HOST[:PORT]");
    }
}

namespace NetMon.Uploader;

/// <summary>The server named by the environment; AWS if none is.</summary>
/// <param name="Address">The address for the library; null for AWS.</param>
internal sealed record Endpoint(string? Address)
{
    private static readonly string[] Variables = ["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"];

    /// <summary>The name in messages, without user, password and path.</summary>
    public string Name => Address is null ? "S3" : new Uri(Address).GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);

    /// <summary>Reads the environment.</summary>
    /// <exception cref="FormatException">The variable is not a valid address.</exception>
    public static Endpoint OfEnvironment()
    {
        var text = Variables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => !string.IsNullOrEmpty(value));
        return text is null || (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
            ? new Endpoint(text)
            : throw new FormatException("AWS_ENDPOINT_URL: expected http://HOST[:PORT] or https://HOST[:PORT]");
    }
}

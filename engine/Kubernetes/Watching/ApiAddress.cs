namespace NetMon.Kubernetes.Watching;

/// <summary>The address of the API server, and the files for authentication.</summary>
/// <param name="Server">https://HOST[:PORT][/PATH], without a trailing slash.</param>
/// <param name="TokenFile">The file with the bearer token, read for each request because tokens expire; null: none is sent.</param>
/// <param name="AuthorityFile">The file with trusted certificate authorities (PEM); null: the system's.</param>
internal sealed record ApiAddress(Uri Server, string? TokenFile, string? AuthorityFile)
{
    /// <summary>The value for the server of the cluster that this process runs in.</summary>
    public const string InCluster = "in-cluster";

    /// <summary>The folder in which kubelet provides a pod's token and authorities.</summary>
    public const string AccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Parses the options; defaults are those of a pod.</summary>
    /// <exception cref="FormatException">An option is invalid; the message names it.</exception>
    public static ApiAddress Parse(string api, string? tokenFile, string? authorityFile, Func<string, string?> variable)
    {
        if (api != InCluster)
        {
            return Uri.TryCreate(api, UriKind.Absolute, out var server) && server.Scheme == Uri.UriSchemeHttps && server.UserInfo.Length == 0 && server.Query.Length == 0 && server.Fragment.Length == 0
                ? new ApiAddress(WithoutSlash(server), tokenFile, authorityFile)
                : throw new FormatException($"--api {api}: expected {InCluster} or https://HOST:PORT");
        }

        var (host, port) = (variable("KUBERNETES_SERVICE_HOST"), variable("KUBERNETES_SERVICE_PORT"));
        return !string.IsNullOrEmpty(host) && ushort.TryParse(port, out var number) && Uri.TryCreate($"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{number}", UriKind.Absolute, out var inside)
            ? new ApiAddress(WithoutSlash(inside), tokenFile ?? $"{AccountFolder}/token", authorityFile ?? $"{AccountFolder}/ca.crt")
            : throw new FormatException($"--api {InCluster}: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT do not name a server; this is not a pod. Use --api https://HOST:PORT");
    }

    /// <summary>Returns the URL of a path.</summary>
    public Uri Of(string pathAndQuery) => new(Server.OriginalString + pathAndQuery);

    private static Uri WithoutSlash(Uri server) => new(server.GetLeftPart(UriPartial.Path).TrimEnd('/'));
}

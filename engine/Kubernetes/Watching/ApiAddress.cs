namespace NetMon.Kubernetes.Watching;

/// <summary>Where the API server is and what proves who is who.</summary>
/// <param name="Server">https://HOST[:PORT][/PATH], without a slash at the end.</param>
/// <param name="TokenFile">The bearer token, read anew for each request, because it expires; null: none is sent.</param>
/// <param name="AuthorityFile">Certificates (PEM) of the authorities that may have signed the server's; null: those of the system.</param>
internal sealed record ApiAddress(Uri Server, string? TokenFile, string? AuthorityFile)
{
    /// <summary>The word for the server of the cluster that this process runs in.</summary>
    public const string InCluster = "in-cluster";

    /// <summary>Where kubelet puts a pod's token and authorities.</summary>
    public const string AccountFolder = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>Reads the options; what is not given is what a pod has.</summary>
    /// <exception cref="FormatException">They can't be used; the message names the option.</exception>
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

    /// <summary>The address of a path.</summary>
    public Uri Of(string pathAndQuery) => new(Server.OriginalString + pathAndQuery);

    private static Uri WithoutSlash(Uri server) => new(server.GetLeftPart(UriPartial.Path).TrimEnd('/'));
}

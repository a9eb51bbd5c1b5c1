using NetMon.Host.Commands;

namespace NetMon.Host;

/// <summary>The Kubernetes API to watch. netmon-kubernetes validates further.</summary>
/// <param name="Address">in-cluster, or https://HOST:PORT.</param>
/// <param name="TokenFile">The file with the bearer token; null: the pod's, or none.</param>
/// <param name="AuthorityFile">The file with the trusted certificate authorities; null: the pod's, or the system's.</param>
internal sealed record KubernetesSettings(string Address, string? TokenFile, string? AuthorityFile)
{
    private const string InCluster = "in-cluster";

    /// <summary>Parses the options; null: no API is watched. Throws <see cref="UsageException"/>.</summary>
    public static KubernetesSettings? Parse(string address, string? tokenFile, string? authorityFile)
    {
        var (token, authorities) = (Checked("--kubernetes-token-file", tokenFile), Checked("--kubernetes-ca-file", authorityFile));
        if (address == "none")
        {
            return null;
        }

        if (address != InCluster && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0))
        {
            throw new UsageException($"--kubernetes-api {address}: expected {InCluster}, https://HOST:PORT or none");
        }

        if (address == InCluster && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST")))
        {
            throw new UsageException($"--kubernetes-api {InCluster}: this is not a pod: KUBERNETES_SERVICE_HOST is not set. Use https://HOST:PORT");
        }

        return new KubernetesSettings(address, token, authorities);
    }

    private static string? Checked(string option, string? path) => path is null ? null : Path.GetFullPath(FileSettings.Checked(option, path));
}

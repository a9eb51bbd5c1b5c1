using NetMon.Cluster;
using NetMon.Enrichment.Peers;
using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Host;

/// <summary>Runs netmon-kubernetes, which watches the Kubernetes API, and feeds its output into the table of peers.</summary>
internal static class KubernetesProcess
{
    private static readonly string[] Known = ["KUBERNETES_", "SSL_CERT_", "DOTNET_", "TZ", "PATH", "NETMON_LOG_FORMAT"];

    /// <summary>Starts the process; null without --kubernetes-api.</summary>
    /// <exception cref="IOException">The process can't be started.</exception>
    public static ChildProcess? Start(RunSettings settings, ClusterPeers peers, ClusterStatus status, FaultState fault, Logger log)
    {
        if (settings.Kubernetes is not { } api)
        {
            return null;
        }

        string[] arguments =
        [
            "--api", api.Address,
            .. api.TokenFile is { } token ? ["--token-file", token] : Array.Empty<string>(),
            .. api.AuthorityFile is { } authorities ? ["--ca-file", authorities] : Array.Empty<string>(),
            LogFormatOption.Name, LogFormatOption.WordOf(settings.LogFormat), "--child",
        ];
        status.OnChanged(why =>
        {
            if (why is null)
            {
                fault.Works();
            }
            else
            {
                fault.Failed(why);
            }
        });
        return new ChildProcess(new ChildProgram("netmon-kubernetes", "--kubernetes-api", arguments)
        {
            Meanwhile = "Until then peers keep the known names from the Kubernetes API.",
            ReadOutput = ReadAsync,
            MayKnow = name => Known.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal)), // no credentials of the archive
        }, fault, log);

        async Task ReadAsync(Stream lines, CancellationToken stop)
        {
            try
            {
                await new FactReader(new ClusterFeed(peers, FreeMemory).Take, status).ReadAsync(lines, stop).ConfigureAwait(false);
            }
            finally
            {
                status.Lost("netmon-kubernetes is not running");
            }
        }
    }

    /// <summary>Collects garbage: a list leaves as much of it as data, and the next list may be weeks away.</summary>
    private static void FreeMemory() => GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
}

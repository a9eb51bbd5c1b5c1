using System.Text;
using NetMon.Cluster;
using NetMon.Foundation.Logging;
using NetMon.Kubernetes.Objects;

namespace NetMon.Kubernetes.Watching;

/// <summary>Runs all watches, and reports their state.</summary>
internal static class ClusterWatch
{
    /// <summary>Runs until stopped, or until the reader closes the pipe.</summary>
    /// <exception cref="IOException">The reader has closed the pipe.</exception>
    public static async Task RunAsync(ApiAddress address, WatchPace pace, string version, Stream lines, Logger log, CancellationToken stop)
    {
        using var server = new ApiServer(address, pace, version);
        using var output = new FactOutput(lines);
        WatchedKind[] kinds = [new NodeKind(), new ServiceKind(), new SliceKind()];
        var words = new WatchLog(log, address.Server.OriginalString, kinds.Length);
        KindWatch[] watches = [.. kinds.Select(kind => new KindWatch(kind, server, output, pace, words))];
        var nodes = watches[0].Listed; // endpoints are listed after the nodes, because they name no pod while its node is unknown

        await lines.WriteAsync(Encoding.ASCII.GetBytes(FactProtocol.Version + "\n"), stop).ConfigureAwait(false);
        using var all = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] running = [ReportAsync(watches, output, pace, all.Token), .. watches.Select((watch, index) => Task.Run(() => StartAsync(watch, kinds[index].Kind == ClusterKind.Slices ? nodes : Task.CompletedTask, all.Token), all.Token))];
        await Task.WhenAny(running).ConfigureAwait(false); // they only end when stopped, or when the reader has closed the pipe
        await all.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private static async Task StartAsync(KindWatch watch, Task after, CancellationToken stop)
    {
        await after.WaitAsync(stop).ConfigureAwait(false);
        await watch.RunAsync(stop).ConfigureAwait(false);
    }

    private static async Task ReportAsync(KindWatch[] watches, FactOutput output, WatchPace pace, CancellationToken stop)
    {
        var lines = new FactWriter();
        var reported = "";
        for (var tick = 0; ; tick++)
        {
            // A change is reported within a tenth of the interval; otherwise once per interval.
            var now = string.Join('\n', watches.Select(watch => $"{watch.Status.Phase} {watch.Status.Why}"));
            if (now != reported || tick % 10 == 0)
            {
                foreach (var watch in watches)
                {
                    watch.WriteStatus(lines);
                }

                await output.WriteAsync(lines, stop).ConfigureAwait(false);
                reported = now;
            }

            await Task.Delay(pace.Report / 10, stop).ConfigureAwait(false);
        }
    }
}

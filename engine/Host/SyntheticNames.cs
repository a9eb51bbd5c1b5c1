using System.Net;
using NetMon.Enrichment;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Workloads;
using NetMon.Events;
using NetMon.Sources.Synthetic;

namespace NetMon.Host;

/// <summary>Simulates the container runtime of a synthetic node with names; answers immediately. Thread-safe.</summary>
/// <param name="pods">The node's pods.</param>
/// <param name="reports">Receives the answers.</param>
/// <param name="now">The time of the source's clock, Unix nanoseconds.</param>
internal sealed class SyntheticNames(SyntheticPods pods, RuntimeReports reports, Func<long> now) : INameSource
{
    public uint Present => 1;

    public uint Answering => 1;

    public void Ask(string containerId)
    {
        if (pods.Find(containerId) is not { } pod)
        {
            return;
        }

        var identity = new ContainerIdentity(containerId, pod.Name, pod.Namespace, pod.Container, pod.Uid, "", pod.Workload, pod.Kind);
        PodAddresses[] addresses = pod.IsFirst
            ? [new PodAddresses(containerId, new PodName(pod.Namespace, pod.Name, pod.Uid), new Workload(pod.Workload, pod.Kind), [IPAddress.Parse(pod.Address)], IsHostNetwork: false, now())]
            : [];
        // If the queue is full, the directory repeats its request.
        reports.TryPost(new RuntimeReport(0, [identity], [containerId]) { Pods = new PodNews(addresses, []) });
    }
}

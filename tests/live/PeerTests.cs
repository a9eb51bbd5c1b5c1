using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The peer of each event, with containerd and pods made as kubelet makes them.</summary>
[Trait("suite", "runtimes")]
public sealed class PeerTests(ITestOutputHelper output) : IDisposable
{
    private const int Port = 18080;
    private const int Owners = 20;
    private const int CallsOfOwner = 250;

    private readonly Scratch _scratch = new();

    [Fact]
    public void Pods_of_the_node_name_each_other_from_the_first_event_on_and_a_moved_address_names_only_its_owner()
    {
        using var containerd = Containerd.Start();
        containerd.Node.GivePodsTwoAddresses();
        WaitFor.True(() => FirstAddressOf(containerd).StartsWith("10.214.0.", StringComparison.Ordinal), "containerd to give pods the two addresses");
        var client = containerd.RunPod("shop/client", PodNetwork.Pod);
        var keeper = client.PidOf(client.Start("keeper", "busybox", "sleep", "86400"));
        using var agent = containerd.Node.StartAgent(false, "--json", _scratch["events.json"], "--runtime-endpoint", containerd.Endpoint);
        var (addresses, peerOf) = (new HashSet<string>(), new Dictionary<string, string>());
        for (var owner = 0; owner < Owners; owner++)
        {
            var pod = containerd.RunPod($"shop/web-{owner}", PodNetwork.Pod);
            var server = pod.Serve("server", Port);
            var wide = server with { Address = Pod.WideAddressOf(server.Pid) };
            // Otherwise the client's kernel sends to the previous owner's link address until its probes have failed, for half a minute.
            Shell.Script($"nsenter --target={keeper} --net ip neigh flush dev eth0").MustSucceed();
            var callers = new[] { client.Start($"caller-{owner}", Calls(server.Address)), client.Start($"caller6-{owner}", Calls($"[{wide.Address}]")) };
            foreach (var caller in callers)
            {
                client.WaitForEnd(caller);
                peerOf.Add(caller.Expected.Id, pod.Plan.Name);
            }

            peerOf.Add(server.Container.Expected.Id, client.Plan.Name);
            addresses.UnionWith([server.Address, wide.Address]);
            pod.Delete();
        }

        agent.Stop();

        Assert.Equal(2, addresses.Count);
        var events = SeenEvent.Read(_scratch["events.json"]).Where(e => e.DestinationPort == Port && e.Container is { } c && peerOf.ContainsKey(c.Id)).ToList();
        var wrong = events.Where(e => e.PeerPod is { } pod && pod != peerOf[e.Container!.Id]).Select(e => $"{e.Type} of {e.Container}: {e.PeerPod}").ToList();
        output.WriteLine($"{events.Count} events of {Owners} owners of {string.Join(", ", addresses)}: {wrong.Count} with a wrong peer, {events.Count(e => e.PeerPod is null)} without");
        Assert.Empty(wrong);
        Assert.Equal(2 * Owners * CallsOfOwner, events.Count(e => e.Type == "CONNECT" && e.PeerPod is not null));
        Assert.Equal(2 * Owners * CallsOfOwner, events.Count(e => e.Type == "ACCEPT" && e.PeerPod is not null));
        Assert.DoesNotContain(events, e => e.PeerPod is null);
    }

    public void Dispose() => _scratch.Dispose();

    /// <summary>
    /// One after the other, each with its answer: the server's queue has nine places, and an additional SYN waits for a second, then two,
    /// then four.
    /// </summary>
    private static string[] Calls(string address) => ["busybox", "sh", "-c", $"i=0; while [ $i -lt {CallsOfOwner} ]; do busybox wget -q -O /dev/null http://{address}:{Port}/; i=$((i+1)); done; true"];

    private static string FirstAddressOf(Containerd containerd)
    {
        var pod = containerd.RunPod("probe", PodNetwork.Pod);
        try
        {
            return pod.Serve("server", Port).Address;
        }
        finally
        {
            pod.Delete();
        }
    }
}

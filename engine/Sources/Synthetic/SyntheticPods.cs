using System.Globalization;
using NetMon.Events;

namespace NetMon.Sources.Synthetic;

/// <summary>
/// The pods of a synthetic node with names: the pod of a container, and its names in a cluster. A node's container always has the same names.
/// Thread-safe.
/// </summary>
/// <param name="node">The node's number, from 1.</param>
/// <param name="containers">The number of containers on the node at any time.</param>
public sealed class SyntheticPods(int node, int containers)
{
    /// <summary>The number of nodes that call each other's pods.</summary>
    public const int Nodes = 7;

    /// <summary>The maximum number of containers on a node with names, so that pod addresses never collide.</summary>
    public const int MostContainers = 200;

    private const string RandomLetters = "bcdfghjklmnpqrstvwxz2456789"; // as in the random names of Kubernetes

    /// <summary>Returns the uid of the pod of the n-th container ever; both containers of a pod share it.</summary>
    internal static string UidOf(long n, int containers)
    {
        var pod = n / containers * MostContainers + SyntheticNode.PodOf((int)(n % containers));
        var digits = pod.ToString("x8", CultureInfo.InvariantCulture);
        return $"{digits}-0000-4000-8000-{digits}0000";
    }

    /// <summary>Returns the pod of a container; null if the id is not one of <see cref="SyntheticContainers"/>.</summary>
    public SyntheticPod? Find(string containerId)
    {
        if (containerId.Length < 8 || !long.TryParse(containerId.AsSpan(0, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var n))
        {
            return null;
        }

        var place = (int)(n % containers);
        var pod = SyntheticNode.PodOf(place);
        var first = FirstPlaceOf(pod);
        var workload = SyntheticNode.ProcessOf(first);
        var role = workload.Split('-')[0];
        var space = NamespaceOf(role);
        var replica = (node - 1) * (1 + MostContainers / SyntheticNode.Names) + first / SyntheticNode.Names;
        var (kind, suffix) = role switch
        {
            "db" or "queue" => (WorkloadKinds.StatefulSet, replica.ToString(CultureInfo.InvariantCulture)),
            "metrics" => (WorkloadKinds.DaemonSet, Random($"{node}/{pod}/{n / containers}", 5)),
            _ => (WorkloadKinds.Deployment, $"{Random(workload, 10)}-{Random($"{node}/{pod}/{n / containers}", 5)}"),
        };
        return new SyntheticPod(
            space, $"{workload}-{suffix}", UidOf(n, containers), SyntheticNode.ProcessOf(place), $"{space}/{workload}", kind, $"10.244.{SyntheticNode.FirstSubnet + node - 1}.{pod + 2}", place == first);
    }

    private static int FirstPlaceOf(int pod) => (pod * 20 + 10) / 11;

    private static string NamespaceOf(string role) => role switch
    {
        "db" or "cache" or "queue" => "data",
        "auth" => "identity",
        "proxy" => "ingress",
        "metrics" => "monitoring",
        _ => "shop",
    };

    /// <summary>Returns a text that looks random but only depends on the argument (FNV-1a, 64 bits).</summary>
    private static string Random(string of, int length)
    {
        var hash = 14_695_981_039_346_656_037;
        foreach (var letter in of)
        {
            hash = (hash ^ letter) * 1_099_511_628_211;
        }

        return string.Create(length, hash, static (text, rest) =>
        {
            for (var i = 0; i < text.Length; i++, rest = rest / (uint)RandomLetters.Length ^ (rest << 13))
            {
                text[i] = RandomLetters[(int)(rest % (uint)RandomLetters.Length)];
            }
        });
    }
}

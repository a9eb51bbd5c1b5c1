using System.Text;
using NetMon.Events;

namespace NetMon.Sources.Synthetic;

/// <summary>
/// The processes of the standard node and their peers: a place for each container's process, by default 200 in 110 pods, with 60 names; 760
/// addresses of other pods and services in the cluster, and 40 outside, every fifth with IPv6.
/// </summary>
internal sealed class SyntheticNode
{
    public const int Remotes = 800;
    private const int RemotesInCluster = 760;
    /// <summary>The number of process names.</summary>
    public const int Names = 60;

    /// <summary>The third byte of the first node's pod addresses: 10.244.8.0/24.</summary>
    public const int FirstSubnet = 8;

    private const uint FirstNetworkNamespace = 4_026_532_000;

    private static readonly string[] Roles = ["api", "web", "worker", "cache", "db", "queue", "proxy", "auth", "search", "metrics"];
    private static readonly string[] Languages = ["go", "java", "node", "python", "nginx", "envoy"];
    private static readonly ushort[] Ports = [443, 80, 8080, 5432, 6379, 9090, 3306, 27017, 9092, 50051];

    private readonly OwnerRecord[] _owners;
    private readonly InlineBytes16[] _pods;
    private readonly InlineBytes16[] _remotes = new InlineBytes16[Remotes];

    /// <param name="places">The number of processes.</param>
    /// <param name="node">The number of the node among those that call each other's pods, from 1; null: not one of them, with pod addresses in 10.240.0.0/16.</param>
    public SyntheticNode(int places, int? node)
    {
        _owners = new OwnerRecord[places];
        _pods = new InlineBytes16[PodOf(places - 1) + 1];
        for (var place = 0; place < places; place++)
        {
            _owners[place] = new OwnerRecord { Pid = 2_000 + (uint)place * 8, Uid = place % 3 == 0 ? 0 : 1_000 + (uint)PodOf(place) };
            Encoding.ASCII.GetBytes(ProcessOf(place), _owners[place].Comm);
        }

        for (var pod = 0; pod < _pods.Length; pod++)
        {
            _pods[pod] = node is { } number ? Ipv4(10, 244, (byte)(FirstSubnet + number - 1), (byte)(pod + 2)) : Ipv4(10, 240, (byte)(pod / 250), (byte)(pod % 250 + 2));
        }

        for (var i = 0; i < Remotes; i++)
        {
            _remotes[i] = i < RemotesInCluster ? Ipv4(10, 244, (byte)(FirstSubnet + i / 110), (byte)(i % 110 + 2))
                : i % 5 == 0 ? Ipv6((byte)i)
                : Ipv4(34, 117, (byte)(i * 7), (byte)i);
        }
    }

    /// <summary>Returns the pod of a place. There are 110 pods for 200 places, so most have two containers.</summary>
    public static int PodOf(int place) => place * 11 / 20;

    /// <summary>Returns the name of the process at a place.</summary>
    public static string ProcessOf(int place) => $"{Roles[place % Names % Roles.Length]}-{Languages[place % Names / Roles.Length]}";

    public static uint NetworkNamespaceOf(int place) => FirstNetworkNamespace + (uint)PodOf(place);

    /// <summary>Returns the port that a server at this place, on any node, listens on.</summary>
    public static ushort PortOf(int place) => Ports[place % Ports.Length];

    /// <summary>Returns the typical round-trip time in microseconds: within a node, within a cluster, or beyond.</summary>
    public static uint RoundTripOf(int remote) => remote < 0 ? 40 : remote < RemotesInCluster ? 250 + (uint)remote % 500 : 8_000 + (uint)(remote * 97 % 60_000);

    /// <summary>Returns the process at a place, without its cgroup.</summary>
    public ref readonly OwnerRecord Owner(int place) => ref _owners[place];

    public ref readonly InlineBytes16 AddressOf(int place) => ref _pods[PodOf(place)];

    public ref readonly InlineBytes16 Remote(int remote) => ref _remotes[remote];

    private static InlineBytes16 Ipv4(byte a, byte b, byte c, byte d)
    {
        var address = default(InlineBytes16);
        Span<byte> bytes = address;
        (bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]) = (0xff, 0xff, a, b, c, d);
        return address;
    }

    private static InlineBytes16 Ipv6(byte last)
    {
        var address = default(InlineBytes16);
        Span<byte> bytes = address;
        (bytes[0], bytes[1], bytes[2], bytes[3], bytes[8], bytes[15]) = (0x20, 0x01, 0x0d, 0xb8, last, last); // 2001:db8::/32, RFC 3849
        return address;
    }
}

using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>
/// A router in front of a namespace that refuses with nftables in each way that a cluster does: kube-proxy rejects a Service
/// without endpoints with an ICMP error; network policies reject with other errors or a RST, or drop silently.
/// </summary>
internal sealed class RejectingNetwork : IDisposable
{
    public const string Prerouting = "10.97.0.1";
    public const string Forward = "10.97.0.2";
    public const string HostUnreachable = "10.97.0.3";
    public const string Reset = "10.97.0.4";
    public const string Silent = "10.97.0.5";
    public const string Local = "10.97.1.1";
    public const string Forward6 = "fd00:97::2";
    public const string HostUnreachable6 = "fd00:97::3";
    public const string Reset6 = "fd00:97::4";

    private readonly NetworkNamespace _router = new();

    public RejectingNetwork(NetworkNamespace client, Scratch scratch)
    {
        Needs.Program("nft");
        _router.Script($"ip link add v0 type veth peer name eth0 netns {client.Name} && ip addr add 10.98.0.1/24 dev v0 && ip addr add fd00:98::1/64 dev v0 nodad && ip link set v0 up"
            + " && echo 1 >/proc/sys/net/ipv4/ip_forward && echo 1 >/proc/sys/net/ipv6/conf/all/forwarding"
            + " && echo 0 >/proc/sys/net/ipv4/icmp_ratelimit && echo 0 >/proc/sys/net/ipv6/icmp/ratelimit"
            + " && ip route add 10.97.0.0/16 dev v0 && ip route add fd00:97::/64 dev v0");
        client.Script("ip addr add 10.98.0.2/24 dev eth0 && ip addr add fd00:98::2/64 dev eth0 nodad && ip link set eth0 up"
            + " && ip route add default via 10.98.0.1 && ip -6 route add default via fd00:98::1 && echo 1 >/proc/sys/net/ipv4/tcp_syn_retries");
        File.WriteAllText(scratch["router.nft"], $$"""
            table ip f {
              chain p { type filter hook prerouting priority 0; ip daddr {{Prerouting}} reject
              }
              chain f { type filter hook forward priority 0; ip daddr {{Forward}} reject
                ip daddr {{HostUnreachable}} reject with icmp type host-unreachable
                ip daddr {{Reset}} meta l4proto tcp reject with tcp reset
                ip daddr {{Silent}} drop
              }
            }
            table ip6 f {
              chain f { type filter hook forward priority 0; ip6 daddr {{Forward6}} reject
                ip6 daddr {{HostUnreachable6}} reject with icmpv6 type addr-unreachable
                ip6 daddr {{Reset6}} meta l4proto tcp reject with tcp reset
              }
            }
            """);
        File.WriteAllText(scratch["client.nft"], $$"""
            table ip f {
              chain o { type filter hook output priority 0; ip daddr {{Local}} reject
              }
            }
            """);
        Load(_router, scratch["router.nft"]);
        Load(client, scratch["client.nft"]);
    }

    public void Dispose() => _router.Dispose();

    private static void Load(NetworkNamespace space, string rules)
    {
        var result = space.Run("nft", "-f", rules);
        Assert.SkipWhen(result.Error.Contains("Operation not supported", StringComparison.Ordinal) || result.Error.Contains("No such file", StringComparison.Ordinal), $"this kernel's nftables can't reject: {result.Error.Trim()}");
        result.MustSucceed();
    }
}

using System.Net;
using NetMon.Host;
using Xunit;

namespace NetMon.UnitTests.Host;

/// <summary>The node's own addresses from /proc files of any content.</summary>
public sealed class NodeAddressesTests
{
    private const string FibTrie = """
        Main:
          +-- 0.0.0.0/0 3 0 5
             |-- 0.0.0.0
                /0 universe UNICAST
             +-- 10.1.0.0/16 2 0 2
                |-- 10.1.0.0
                   /16 link UNICAST
                |-- 10.1.0.7
                   /32 host LOCAL
                |-- 10.1.255.255
                   /32 link BROADCAST
             +-- 127.0.0.0/8 2 0 2
                |-- 127.0.0.0
                   /8 host LOCAL
                |-- 127.0.0.1
                   /32 host LOCAL
             |-- 169.254.1.1
                /32 host LOCAL
        Local:
                |-- 10.1.0.7
                   /32 host LOCAL
                |-- 192.0.2.9
                   /32 link UNICAST
                   /32 host LOCAL

        """;

    [Fact]
    public void Local_IPv4_addresses_are_listed_once_without_loopback_and_link_local() =>
        Assert.Equal(["10.1.0.7", "192.0.2.9"], NodeAddresses.Ipv4(FibTrie.Split('\n')).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("")]
    [InlineData("/32 host LOCAL")]
    [InlineData("|-- \n/32 host LOCAL")]
    [InlineData("|-- 10.1.0.300\n/32 host LOCAL")]
    [InlineData("|-- 10.1.0.7/32\n/32 host LOCAL")]
    [InlineData("|-- nobody\n/32 host LOCAL")]
    [InlineData("|-- 10.1.0.7\n/32 host LOCAL more")]
    [InlineData("|-- 10.1.0.7\n/31 host LOCAL")]
    [InlineData("|-- 10.1.0.7\n")]
    [InlineData("|-- 10.1.0.7\n|-- \0\uFFFD\n/32 host LOCAL")]
    [InlineData("10.1.0.7\n/32 host LOCAL")]
    public void Invalid_IPv4_lines_are_ignored(string text) => Assert.Empty(NodeAddresses.Ipv4(text.Split('\n')));

    [Fact]
    public void Endless_and_numerous_lines_are_read_within_limits()
    {
        Assert.Empty(NodeAddresses.Ipv4(["|-- " + new string('1', 1_000_000), "   /32 host LOCAL"]));
        Assert.Single(NodeAddresses.Ipv6([new string('f', 1_000_000)]));
        var lines = Enumerable.Range(0, 65_536).SelectMany(n => (string[])[$"|-- 10.2.{n >> 8}.{n & 255}", "/32 host LOCAL"]);
        Assert.Equal(65_536, NodeAddresses.Ipv4(lines).Count);
    }

    [Fact]
    public void IPv6_addresses_have_the_form_of_events_without_loopback_and_link_local() => Assert.Equal(
        ["2001:db8::1:0:0:1", "fd00::7"],
        NodeAddresses.Ipv6(
        [
            "00000000000000000000000000000001 01 80 10 80       lo",
            "20010db8000000000001000000000001 02 40 00 80     eth0",
            "fd000000000000000000000000000007 02 40 00 80     eth0",
            "fd000000000000000000000000000007 03 40 00 80     eth1",
            "fe8000000000000000000000000000ab 02 40 20 80     eth0",
        ]));

    [Theory]
    [InlineData("")]
    [InlineData("fd000000000000000000000000000007")]
    [InlineData("fd00000000000000000000000000000g 02 40 00 80 eth0")]
    [InlineData("fd00::7 02 40 00 80                          eth0")]
    [InlineData("-d000000000000000000000000000007 02 40 00 80 eth0")]
    [InlineData(" fd00000000000000000000000000007 02 40 00 80 eth0")]
    [InlineData("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")]
    public void Invalid_IPv6_lines_are_ignored(string line) => Assert.Empty(NodeAddresses.Ipv6([line]));

    [Fact]
    public void The_addresses_of_this_machine_are_valid()
    {
        Assert.All(NodeAddresses.Ipv4(File.ReadLines("/proc/self/net/fib_trie")), address => Assert.True(IPAddress.TryParse(address, out _), address));
        Assert.All(NodeAddresses.Read(), address => Assert.True(IPAddress.TryParse(address, out _), address));
    }
}

using System.Globalization;
using System.Net;
using NetMon.Events;

namespace NetMon.Host;

/// <summary>
/// The node's own addresses, from the network namespace of process 1, because the agent may have a namespace of its own. Excludes loopback
/// and link-local addresses, which every node has.
/// </summary>
internal static class NodeAddresses
{
    /// <summary>The fixed inode of the initial PID namespace; in another namespace, process 1 is not the node's.</summary>
    private const string MachinePids = "pid:[4026531836]";

    private const string AddressMark = "|-- ";
    private const string LocalMark = "/32 host LOCAL";

    /// <summary>Reads the addresses; empty if they can't be read.</summary>
    public static IReadOnlyList<string> Read()
    {
        try
        {
            return File.ResolveLinkTarget("/proc/self/ns/pid", returnFinalTarget: false)?.Name == MachinePids
                ? [.. Ipv4(File.ReadLines("/proc/1/net/fib_trie")).Concat(File.Exists("/proc/1/net/if_inet6") ? Ipv6(File.ReadLines("/proc/1/net/if_inet6")) : []).Order(StringComparer.Ordinal)]
                : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Parses the local addresses in /proc/net/fib_trie, without duplicates.</summary>
    internal static IReadOnlyList<string> Ipv4(IEnumerable<string> lines)
    {
        HashSet<string> addresses = new(StringComparer.Ordinal);
        var last = "";
        foreach (var line in lines)
        {
            if (line.IndexOf(AddressMark, StringComparison.Ordinal) is var mark and >= 0)
            {
                last = line[(mark + AddressMark.Length)..].Trim();
            }
            else if (line.TrimStart() == LocalMark && IPAddress.TryParse(last, out var address) && IsOfNode(address))
            {
                addresses.Add(Text(address));
            }
        }

        return [.. addresses];
    }

    /// <summary>Parses the addresses in /proc/net/if_inet6: 32 hex digits at the start of each line.</summary>
    internal static IReadOnlyList<string> Ipv6(IEnumerable<string> lines)
    {
        HashSet<string> addresses = new(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            if (line.Length > 32 && UInt128.TryParse(line.AsSpan(0, 32), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _)
                && new IPAddress(Convert.FromHexString(line.AsSpan(0, 32))) is var address && IsOfNode(address))
            {
                addresses.Add(Text(address));
            }
        }

        return [.. addresses];
    }

    /// <summary>Formats an address as in events.</summary>
    internal static string Text(IPAddress address) => AddressText.Format(address.MapToIPv6().GetAddressBytes());

    private static bool IsOfNode(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !(address.GetAddressBytes() is [169, 254, _, _]);
}

using System.Globalization;
using System.Net;
using NetMon.Events;

namespace NetMon.Host;

/// <summary>
/// The addresses of the node itself, as the first process's network namespace has them: the agent may have one of its own. Without
/// loopback and link-local ones, which every node has.
/// </summary>
internal static class NodeAddresses
{
    /// <summary>The inode of the machine's own PID namespace, which the kernel fixes: in another one, process 1 is not the node's.</summary>
    private const string MachinePids = "pid:[4026531836]";

    private const string AddressMark = "|-- ";
    private const string LocalMark = "/32 host LOCAL";

    /// <summary>Reads them; none where they can't be read.</summary>
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

    /// <summary>The local addresses in the text of /proc/net/fib_trie, each once.</summary>
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

    /// <summary>The addresses in the text of /proc/net/if_inet6: 32 digits at the start of each line.</summary>
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

    /// <summary>An address as events have it.</summary>
    internal static string Text(IPAddress address) => AddressText.Format(address.MapToIPv6().GetAddressBytes());

    private static bool IsOfNode(IPAddress address) =>
        !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !(address.GetAddressBytes() is [169, 254, _, _]);
}

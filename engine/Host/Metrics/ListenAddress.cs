using System.Net;
using System.Net.Sockets;

namespace NetMon.Host.Metrics;

/// <summary>The value of --metrics and --health: the listening address.</summary>
internal static class ListenAddress
{
    /// <summary>Parses 127.0.0.1:9464, [::1]:9464, or :9464 for all addresses. Throws <see cref="UsageException"/>.</summary>
    public static IPEndPoint Parse(string option, string text)
    {
        var all = text.StartsWith(':') ? $"[::]{text}" : text;
        // An address without a port would be parsed as port 0, which is valid and lets the kernel choose.
        return all.LastIndexOf(':') > all.LastIndexOf(']') && IPEndPoint.TryParse(all, out var endpoint) && IsWritten(all, endpoint)
            ? endpoint
            : throw new UsageException($"{option} {text}: expected an address and a port, such as 127.0.0.1:9464, [::1]:9464, or :9464 for all addresses");
    }

    // The last group of an IPv6 address without brackets would be parsed as a port.
    private static bool IsWritten(string text, IPEndPoint endpoint) => text.StartsWith('[') == (endpoint.Address.AddressFamily == AddressFamily.InterNetworkV6);
}

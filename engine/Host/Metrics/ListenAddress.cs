using System.Net;
using System.Net.Sockets;

namespace NetMon.Host.Metrics;

/// <summary>The value of --metrics and --health: where the agent listens.</summary>
internal static class ListenAddress
{
    /// <summary>Reads 127.0.0.1:9464, [::1]:9464, or :9464 for all addresses. Throws <see cref="UsageException"/>.</summary>
    public static IPEndPoint Parse(string option, string text)
    {
        var all = text.StartsWith(':') ? $"[::]{text}" : text;
        // An address without a port would be read as one with port 0; which may be given, to have the kernel choose.
        return all.LastIndexOf(':') > all.LastIndexOf(']') && IPEndPoint.TryParse(all, out var endpoint) && IsWritten(all, endpoint)
            ? endpoint
            : throw new UsageException($"{option} {text}: it takes an address and a port, such as 127.0.0.1:9464, [::1]:9464, or :9464 for all addresses");
    }

    // An IPv6 address without brackets has its last group taken for a port, or none at all.
    private static bool IsWritten(string text, IPEndPoint endpoint) => text.StartsWith('[') == (endpoint.Address.AddressFamily == AddressFamily.InterNetworkV6);
}

using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NetMon.Events;

namespace NetMon.Enrichment.Peers;

/// <summary>Addresses as keys: sixteen bytes as in records, with IPv4 as ::ffff:a.b.c.d.</summary>
public static class PeerAddress
{
    private const int ByteCount = 16;

    /// <summary>Returns the key of an address in a record.</summary>
    public static UInt128 Of(in InlineBytes16 address) => MemoryMarshal.Read<UInt128>(address);

    /// <summary>Returns the key of an address; false for addresses that can't identify a peer: loopback, link-local, multicast, unspecified.</summary>
    public static bool TryOf(IPAddress address, out UInt128 key)
    {
        Span<byte> bytes = stackalloc byte[ByteCount];
        var wide = address.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv6() : address;
        wide.TryWriteBytes(bytes, out _);
        key = MemoryMarshal.Read<UInt128>(bytes);
        return IsOfOne(bytes);
    }

    /// <summary>Whether pods may have the address: private (RFC 1918), shared (RFC 6598), or an IPv6 address of a single machine.</summary>
    public static bool IsPrivate(in InlineBytes16 address)
    {
        ReadOnlySpan<byte> bytes = address;
        return AddressText.IsIPv4(bytes)
            ? (bytes[12], bytes[13]) is (10, _) or (192, 168) || (bytes[12] == 172 && (bytes[13] & 0xf0) == 16) || (bytes[12] == 100 && (bytes[13] & 0xc0) == 64)
            : IsOfOne(bytes);
    }

    private static bool IsOfOne(ReadOnlySpan<byte> bytes)
    {
        if (AddressText.IsIPv4(bytes))
        {
            var (first, second) = (bytes[12], bytes[13]);
            return first is not (0 or 127) && first < 224 && (first, second) is not (169, 254);
        }

        var isMulticast = bytes[0] == 0xff;
        var isLinkLocal = bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
        var isLowest = !bytes[..15].ContainsAnyExcept((byte)0) && bytes[15] <= 1; // :: and ::1
        return !isMulticast && !isLinkLocal && !isLowest;
    }
}

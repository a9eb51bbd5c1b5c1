using System.Buffers.Binary;

namespace NetMon.Events;

/// <summary>Formats addresses as text: IPv6 by RFC 5952, and ::ffff:a.b.c.d as IPv4.</summary>
public static class AddressText
{
    /// <summary>The maximum length of a text: eight groups of four digits and seven colons.</summary>
    public const int MaxLength = 39;

    /// <summary>The digits of each octet and a dot, as the four bytes that are written for it.</summary>
    private static readonly uint[] OctetsWithDot = [.. Enumerable.Range(0, 256).Select(octet =>
        BinaryPrimitives.ReadUInt32LittleEndian(System.Text.Encoding.ASCII.GetBytes($"{octet}.".PadRight(sizeof(uint), '\0'))))];

    /// <summary>
    /// Writes a 16-byte address in network order as text; returns the length. <paramref name="utf8"/> must have room for
    /// <see cref="MaxLength"/> bytes.
    /// </summary>
    public static int Format(ReadOnlySpan<byte> address, Span<byte> utf8)
    {
        return IsIPv4(address) ? FormatIpv4(BinaryPrimitives.ReadUInt32BigEndian(address[12..]), utf8) : FormatIpv6(address, utf8);
    }

    /// <summary>Whether a 16-byte address is an IPv4 address, ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).</summary>
    public static bool IsIPv4(ReadOnlySpan<byte> address) =>
        BinaryPrimitives.ReadUInt64BigEndian(address) == 0 && BinaryPrimitives.ReadUInt32BigEndian(address[8..]) == 0xffff;

    /// <summary>Formats a 16-byte address in network order as a string.</summary>
    public static string Format(ReadOnlySpan<byte> address)
    {
        Span<byte> utf8 = stackalloc byte[MaxLength];
        return System.Text.Encoding.ASCII.GetString(utf8[..Format(address, utf8)]);
    }

    private static int FormatIpv4(uint address, Span<byte> utf8)
    {
        var at = 0;
        for (var shift = 24; shift >= 0; shift -= 8)
        {
            var octet = (byte)(address >> shift);
            BinaryPrimitives.WriteUInt32LittleEndian(utf8[at..], OctetsWithDot[octet]);
            at += octet < 10 ? 2 : octet < 100 ? 3 : 4;
        }

        return at - 1; // without the last dot
    }

    private static int FormatIpv6(ReadOnlySpan<byte> address, Span<byte> utf8)
    {
        var (zerosFrom, zeros) = LongestRunOfZeros(address);
        var at = 0;
        for (var group = 0; group < 8; group++)
        {
            if (group == zerosFrom)
            {
                utf8[at++] = (byte)':';
                utf8[at++] = (byte)':';
                group += zeros - 1;
                continue;
            }

            if (group > 0 && utf8[at - 1] != ':')
            {
                utf8[at++] = (byte)':';
            }

            at += WriteHex(BinaryPrimitives.ReadUInt16BigEndian(address[(2 * group)..]), utf8[at..]);
        }

        return at;
    }

    /// <summary>RFC 5952 section 4.2: the first of the longest runs, and only if it is longer than one group.</summary>
    private static (int From, int Length) LongestRunOfZeros(ReadOnlySpan<byte> address)
    {
        var (bestFrom, best, run) = (-1, 1, 0);
        for (var group = 0; group < 8; group++)
        {
            run = (address[2 * group] | address[2 * group + 1]) == 0 ? run + 1 : 0;
            if (run > best)
            {
                (bestFrom, best) = (group - run + 1, run);
            }
        }

        return (bestFrom, best);
    }

    private static int WriteHex(ushort group, Span<byte> utf8)
    {
        var at = 0;
        for (var shift = group > 0xfff ? 12 : group > 0xff ? 8 : group > 0xf ? 4 : 0; shift >= 0; shift -= 4)
        {
            utf8[at++] = "0123456789abcdef"u8[(group >> shift) & 0xf];
        }

        return at;
    }
}

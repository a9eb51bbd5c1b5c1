using System.Buffers.Binary;
using System.Net;
using CsCheck;
using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Events;

public sealed class AddressTextTests
{
    // Groups are often zero, so that runs of zeros of every length occur at every place.
    private static readonly Gen<ushort> Group =
        Gen.Frequency((4, (IGen<ushort>)Gen.Const((ushort)0)), (1, Gen.UShort[1, 15]), (1, Gen.UShort[16, 255]), (1, Gen.UShort), (1, Gen.Const((ushort)0xffff)));

    [Theory]
    [InlineData("::", "::")]
    [InlineData("::1", "::1")]
    [InlineData("1::", "1::")]
    [InlineData("0:0:1::", "0:0:1::")]
    [InlineData("::1:0:0", "::1:0:0")]
    [InlineData("1:0:0:2:0:0:0:3", "1:0:0:2::3")]
    [InlineData("1:0:0:2:3:0:0:4", "1::2:3:0:0:4")]
    [InlineData("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7")]
    [InlineData("0:1:2:3:4:5:6:0", "0:1:2:3:4:5:6:0")]
    [InlineData("2001:DB8:0:0:0:0:0:1", "2001:db8::1")]
    [InlineData("fe80::0010:0200:3000", "fe80::10:200:3000")]
    [InlineData("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")]
    [InlineData("::ffff:0.0.0.0", "0.0.0.0")]
    [InlineData("::ffff:255.255.255.255", "255.255.255.255")]
    [InlineData("::ffff:10.0.100.9", "10.0.100.9")]
    [InlineData("::1.2.3.4", "::102:304")]
    [InlineData("64:ff9b::1.2.3.4", "64:ff9b::102:304")]
    [InlineData("::ffff:0:1.2.3.4", "::ffff:0:102:304")]
    public void Addresses_are_written_by_RFC_5952(string address, string expected)
    {
        Assert.Equal(expected, AddressText.Format(IPAddress.Parse(address).MapToIPv6().GetAddressBytes()));
    }

    [Fact]
    public void Any_address_is_written_in_its_canonical_form() => Group.Array[8].Sample(
        groups =>
        {
            var address = Bytes(groups);
            var text = AddressText.Format(address);

            Assert.Equal(Canonical(groups), text);
            Assert.Equal(address, IPAddress.Parse(text).MapToIPv6().GetAddressBytes());
        },
        iter: 50_000);

    [Fact]
    public void Any_address_without_dots_is_written_as_by_NET() => Group.Array[8].Sample(
        groups =>
        {
            // .NET keeps IPv4 inside IPv6, and writes some of it with dots.
            var net = new IPAddress(Bytes(groups));
            if (!net.IsIPv4MappedToIPv6 && !net.ToString().Contains('.', StringComparison.Ordinal))
            {
                Assert.Equal(net.ToString(), AddressText.Format(Bytes(groups)));
            }
        },
        iter: 50_000);

    [Fact]
    public void Any_IPv4_address_is_written_with_dots() => Gen.UInt.Sample(
        number =>
        {
            var ipv4 = new IPAddress(number);

            Assert.Equal(ipv4.ToString(), AddressText.Format(ipv4.MapToIPv6().GetAddressBytes()));
        },
        iter: 50_000);

    [Fact]
    public void The_longest_text_has_the_documented_length()
    {
        var address = new byte[16];
        address.AsSpan().Fill(0xff);
        var text = new byte[AddressText.MaxLength];

        Assert.Equal(AddressText.MaxLength, AddressText.Format(address, text));
    }

    private static byte[] Bytes(ushort[] groups)
    {
        var address = new byte[16];
        for (var i = 0; i < groups.Length; i++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(address.AsSpan(2 * i), groups[i]);
        }

        return address;
    }

    /// <summary>RFC 5952, section 4, by brute force: of all ways to shorten, the longest run, of those the first.</summary>
    private static string Canonical(ushort[] groups)
    {
        if (groups[..5].All(g => g == 0) && groups[5] == 0xffff)
        {
            return $"{groups[6] >> 8}.{groups[6] & 0xff}.{groups[7] >> 8}.{groups[7] & 0xff}";
        }

        var runs =
            from start in Enumerable.Range(0, 8)
            from length in Enumerable.Range(2, 7)
            where start + length <= 8 && groups[start..(start + length)].All(g => g == 0)
            orderby length descending, start
            select (start, length);
        var texts = groups.Select(g => g.ToString("x", null)).ToArray();
        return runs.FirstOrDefault() is (var from, > 0 and var zeros)
            ? string.Join(':', texts[..from]) + "::" + string.Join(':', texts[(from + zeros)..])
            : string.Join(':', texts);
    }
}

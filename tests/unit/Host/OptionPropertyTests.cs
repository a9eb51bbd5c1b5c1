using System.Globalization;
using System.Net;
using CsCheck;
using NetMon.Foundation;
using NetMon.Foundation.CommandLines;
using NetMon.Host.Metrics;
using Xunit;

namespace NetMon.UnitTests.Host;

/// <summary>Random values of options, written in each of their forms, are read as what they are.</summary>
public sealed class OptionPropertyTests
{
    private static readonly (string Text, double Seconds)[] TimeUnits = [("ms", 0.001), ("s", 1), ("", 1), ("m", 60), ("h", 3600), ("d", 86_400)];
    private static readonly (string Text, long Bytes)[] SizeUnits = [("", 1), ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40)];

    [Fact]
    public void Times_are_read() => Gen.Select(Gen.Int[0, 9999], Gen.Int[0, TimeUnits.Length - 1]).Sample(
        (number, unit) => Assert.Equal(TimeSpan.FromSeconds(number * TimeUnits[unit].Seconds), TimeText.Parse(string.Create(CultureInfo.InvariantCulture, $"{number}{TimeUnits[unit].Text}"))));

    [Fact]
    public void Sizes_are_read() => Gen.Select(Gen.Int[0, 4_000_000], Gen.Int[0, SizeUnits.Length - 1]).Sample(
        (number, unit) => Assert.Equal(number * SizeUnits[unit].Bytes, ByteSize.TryParse(string.Create(CultureInfo.InvariantCulture, $"{number}{SizeUnits[unit].Text}"))));

    [Fact]
    public void Addresses_are_read() => Gen.Select(Gen.OneOf(Gen.Byte.Array[4], Gen.Byte.Array[16]), Gen.UShort).Sample((bytes, port) =>
    {
        var endpoint = new IPEndPoint(new IPAddress(bytes), port);
        Assert.Equal(endpoint, ListenAddress.Parse("--metrics", endpoint.ToString()));
    });

    /// <summary>The bound of any line, and no character that a terminal or a log would take for something else.</summary>
    [Fact]
    public void A_message_is_one_line() => Gen.String[0, 1000].Sample(text =>
    {
        var line = Usage.OneLine(text);
        Assert.True(line.Length <= 200 && !line.Any(char.IsControl), line);
    });
}

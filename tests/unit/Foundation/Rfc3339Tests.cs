using System.Globalization;
using System.Text;
using CsCheck;
using NetMon.Foundation;
using Xunit;

namespace NetMon.UnitTests.Foundation;

public sealed class Rfc3339Tests
{
    [Theory]
    [InlineData(0, 0, "1970-01-01T00:00:00Z")]
    [InlineData(0, 3, "1970-01-01T00:00:00.000Z")]
    [InlineData(1_764_137_041_123_999_999, 0, "2025-11-26T06:04:01Z")]
    [InlineData(1_764_137_041_123_999_999, 3, "2025-11-26T06:04:01.123Z")]
    [InlineData(1_764_137_041_000_000_007, 9, "2025-11-26T06:04:01.000000007Z")]
    [InlineData(-1, 0, "1969-12-31T23:59:59Z")]
    [InlineData(-1, 9, "1969-12-31T23:59:59.999999999Z")]
    [InlineData(-1_000_000_000, 3, "1969-12-31T23:59:59.000Z")]
    [InlineData(long.MaxValue, 9, "2262-04-11T23:47:16.854775807Z")]
    [InlineData(long.MinValue, 9, "1677-09-21T00:12:43.145224192Z")]
    public void A_time_is_UTC_with_the_requested_digits_even_before_1970(long unixNanoseconds, int digits, string text) =>
        Assert.Equal(text, Rfc3339.Format(unixNanoseconds, digits));

    [Fact]
    public void The_framework_parses_every_time_and_no_byte_beyond_it_changes() => Gen.Select(Gen.Long, Gen.Int[0, 9]).Sample((unixNanoseconds, digits) =>
    {
        var buffer = new byte[Rfc3339.MaxBytes + 1];
        var length = Rfc3339.Write(buffer, unixNanoseconds, digits);
        var parsed = DateTimeOffset.ParseExact(
            Encoding.ASCII.GetString(buffer, 0, Rfc3339.SecondBytes), "yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
        var fraction = digits == 0 ? 0 : long.Parse(Encoding.ASCII.GetString(buffer, Rfc3339.SecondBytes + 1, digits), CultureInfo.InvariantCulture);
        var unit = (long)Math.Pow(10, 9 - digits);
        var expected = (Int128)unixNanoseconds;
        Assert.Equal((expected - ((expected % unit) + unit) % unit), (Int128)parsed.ToUnixTimeSeconds() * 1_000_000_000 + fraction * unit);
        Assert.Equal((byte)'Z', buffer[length - 1]);
        Assert.All(buffer[length..], rest => Assert.Equal(0, rest));
    });
}

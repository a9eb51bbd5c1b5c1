using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using NetMon.Events;
using NetMon.Query.Sql;

namespace NetMon.Query.Filters;

/// <summary>A condition on addresses: a single one, a network, or a text pattern (10.244.*).</summary>
/// <param name="Network">The network's first address, as in captures; null for a text pattern.</param>
/// <param name="Length">The prefix length in bits; 32 or 128 for a single address.</param>
/// <param name="Text">The pattern; null for a network.</param>
internal sealed partial record AddressPattern(string? Network, int Length, TextPattern? Text)
{
    private const int LengthOfFour = 32;
    private const int LengthOfSix = 128;
    private const int MappedLength = LengthOfSix - LengthOfFour;

    /// <summary>Whether a text can only be meant as an address, valid or not.</summary>
    public static bool LooksLikeOne(string text) => text.Contains(':', StringComparison.Ordinal) || text.All(c => char.IsAsciiDigit(c) || c is '.' or '/' or '*' or '?');

    /// <summary>Parses 10.0.0.5, fd00::1, 10.0.0.0/8, fd00::/8 or 10.244.*; null if malformed.</summary>
    public static AddressPattern? TryParse(string text)
    {
        if (text.AsSpan().IndexOfAny('*', '?') >= 0)
        {
            return Glob().IsMatch(text) ? new AddressPattern(null, 0, new TextPattern(text)) : null;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (AddressOf(slash < 0 ? text : text[..slash]) is not { } address)
        {
            return null;
        }

        var whole = address.AddressFamily == AddressFamily.InterNetwork ? LengthOfFour : LengthOfSix;
        var length = whole;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > whole))
        {
            return null;
        }

        if (address.IsIPv4MappedToIPv6 && length >= MappedLength)
        {
            (address, length) = (address.MapToIPv4(), length - MappedLength);
        }

        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new AddressPattern(AddressText.Format(new IPAddress(bytes).MapToIPv6().GetAddressBytes()), length, null);
    }

    /// <summary>Returns the SQL condition that a column matches. It may need the macro in_net of schemas/views.sql.</summary>
    public string Matches(string column)
    {
        if (Text is not null)
        {
            return Text.Matches(column);
        }

        var isSix = Network!.Contains(':', StringComparison.Ordinal);
        return Length == (isSix ? LengthOfSix : LengthOfFour) ? $"{column} = {SqlText.Quote(Network)}"
            : Length == 0 ? $"contains({column}, ':') = {(isSix ? "true" : "false")}"
            : isSix ? string.Create(CultureInfo.InvariantCulture, $"in_net({column}, '{Network}/{Length}')")
            : OfFour(column);
    }

    /// <summary>Returns the whole octets as a text prefix, which allows DuckDB to skip row groups, and a numeric condition on the next one.</summary>
    private string OfFour(string column)
    {
        var octets = Network!.Split('.');
        var (whole, bits) = Math.DivRem(Length, 8);
        var first = int.Parse(octets[Math.Min(whole, 3)], CultureInfo.InvariantCulture);
        string[] prefix = whole == 0 ? [] : [$"starts_with({column}, '{string.Join('.', octets[..whole])}.')"];
        string[] rest = bits == 0 ? [] : [string.Create(CultureInfo.InvariantCulture, $"try_cast(split_part({column}, '.', {whole + 1}) AS INTEGER) BETWEEN {first} AND {first + (1 << (8 - bits)) - 1}")];
        return SqlCondition.All([.. prefix, .. rest]);
    }

    /// <summary>.NET also accepts 1, 0x7f.1 and 010.0.0.1 as addresses.</summary>
    private static IPAddress? AddressOf(string text) =>
        (Four().IsMatch(text) || (text.Contains(':', StringComparison.Ordinal) && !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)))
        && IPAddress.TryParse(text, out var address) ? address : null;

    [GeneratedRegex(@"^(0|[1-9][0-9]{0,2})(\.(0|[1-9][0-9]{0,2})){3}$")]
    private static partial Regex Four();

    [GeneratedRegex(@"^[0-9.*?]{1,64}$")]
    private static partial Regex Glob();
}

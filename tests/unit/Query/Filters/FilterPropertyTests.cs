using System.Net;
using CsCheck;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query.Filters;

/// <summary>Random filters select the same values in DuckDB as a plain model of what the help says.</summary>
public sealed class FilterPropertyTests
{
    private const int Samples = 150;

    private static readonly Gen<string> Text = Gen.OneOfConst('a', 'b', '%', '_', '\\', '\'', '.').Array[0, 6].Select(letters => new string(letters));
    private static readonly Gen<string> Pattern = Gen.OneOfConst('a', 'b', '%', '_', '\\', '\'', '*', '?').Array[1, 6].Select(letters => new string(letters));
    private static readonly Gen<(string Value, bool IsUnwanted)> Given = Gen.Select(Pattern, Gen.Bool);

    [Fact]
    public void Patterns_match_as_globs_do() => Gen.Select(Given.Array[1, 4], Text.Array[1, 20]).Sample(
        (given, texts) => Assert.Equal(
            texts.Where(text => Selects(given, pattern => IsGlob(pattern, text))),
            Selected("process", "VARCHAR", texts.Select(Quoted), "--process", Written(given)).Cast<string>()),
        iter: Samples,
        threads: 1);

    [Fact]
    public void Ports_match_their_ranges()
    {
        var range = Gen.Select(Gen.Int[0, 20], Gen.Int[0, 20], (a, b) => (First: Math.Min(a, b), Last: Math.Max(a, b)));
        Gen.Select(range, Gen.Bool).Array[1, 4].Sample(
            given =>
            {
                var written = Written([.. given.Select(one => (one.Item1.First == one.Item1.Last ? $"{one.Item1.First}" : $"{one.Item1.First}-{one.Item1.Last}", one.Item2))]);
                Assert.Equal(
                    Enumerable.Range(0, 25).Where(port => Selects(given, one => port >= one.First && port <= one.Last)),
                    Selected("dst_port", "INTEGER", Enumerable.Range(0, 25).Select(port => $"{port}"), "--port", written).Cast<int>());
            },
            iter: Samples,
            threads: 1);
    }

    [Fact]
    public void Networks_match_the_addresses_in_them()
    {
        // Addresses that share many of their first bits with the network, and some with none.
        var address = Gen.Select(Gen.UInt, Gen.Int[0, 32]);
        Gen.Select(Gen.UInt, Gen.Int[0, 32], address.Array[1, 30]).Sample(
            (network, length, others) =>
            {
                uint[] addresses = [.. others.Select(other => network ^ (uint)(other.Item1 & (((ulong)1 << other.Item2) - 1))), network];
                Assert.Equal(
                    addresses.Where(one => (ulong)(one ^ network) >> (32 - length) == 0).Select(Dotted),
                    Selected("dst_ip", "VARCHAR", addresses.Select(one => Quoted(Dotted(one))), "--to", $"{Dotted(network)}/{length}").Cast<string>());
            },
            iter: Samples,
            threads: 1);
    }

    private static List<object?> Selected(string column, string type, IEnumerable<string> values, string option, string value)
    {
        var condition = GivenFilter.Of(option, value).OfEvents;
        var rows = string.Join(", ", values.Select((one, at) => $"({at}, {one}::{type})"));
        return [.. DuckDb.Query($"SELECT {column} FROM (VALUES {rows}) AS t(at, {column}) WHERE {condition ?? "true"} ORDER BY at").Select(row => row[0])];
    }

    /// <summary>One of those without ! if there are any, and none of those with it.</summary>
    private static bool Selects<T>((T Value, bool IsUnwanted)[] given, Func<T, bool> matches) =>
        (given.All(one => one.IsUnwanted) || given.Any(one => !one.IsUnwanted && matches(one.Value))) && !given.Any(one => one.IsUnwanted && matches(one.Value));

    private static string Written((string Value, bool IsUnwanted)[] given) => string.Join(',', given.Select(one => (one.IsUnwanted ? "!" : "") + one.Value));

    private static bool IsGlob(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text) => pattern switch
    {
        [] => text.IsEmpty,
        ['*', .. var rest] => IsGlob(rest, text) || (!text.IsEmpty && IsGlob(pattern, text[1..])),
        [var c, .. var rest] => !text.IsEmpty && (c == '?' || c == text[0]) && IsGlob(rest, text[1..]),
    };

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Dotted(uint address) => new IPAddress([(byte)(address >> 24), (byte)(address >> 16), (byte)(address >> 8), (byte)address]).ToString();
}

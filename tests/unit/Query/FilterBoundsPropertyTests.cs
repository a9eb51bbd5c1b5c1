using System.Globalization;
using CsCheck;
using NetMon.Query.Planning;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>Random conditions on times, days, hours and nodes: their bounds leave out no row that fulfils all of them.</summary>
public sealed class FilterBoundsPropertyTests
{
    private static readonly string[] Comparisons = ["=", ">", ">=", "<", "<="];
    private static readonly string[] Nodes = ["a", "b", "it's", "date='2026-11-27'::DATE"];

    /// <summary>The first and the last days that there are, and one between.</summary>
    private static readonly DateTime[] Days = [DateTime.MinValue, new(2026, 11, 27), DateTime.MaxValue.Date.AddDays(-1)];

    private static readonly Gen<DateTime> Moment = Gen.Select(Gen.Int[0, Days.Length - 1], Gen.Int[0, 47], Gen.Int[0, 3], (day, hours, quarters) => Days[day].AddHours(hours).AddMinutes(15 * quarters));

    private static readonly Gen<(string Text, Func<DateTime, string, bool> Holds)> Condition = Gen.Select(
        Gen.Int[0, 3], Gen.Int[0, Comparisons.Length - 1], Moment, Gen.Int[0, 25], Gen.Int[0, Nodes.Length - 1], Of);

    [Fact]
    public void No_row_is_left_out() => Gen.Select(Condition.Array[0, 6], Gen.Select(Moment, Gen.Int[0, Nodes.Length - 1]).Array[1, 20]).Sample(
        (conditions, rows) =>
        {
            string[] texts = [.. conditions.Select(condition => condition.Text)];
            var bounds = FilterText.Bounds(texts);
            foreach (var (at, node) in rows)
            {
                if (conditions.All(condition => condition.Holds(at, Nodes[node])))
                {
                    Assert.True(at >= bounds.From && at <= bounds.To && (bounds.Node ?? Nodes[node]) == Nodes[node], $"{at:O} {Nodes[node]}: {string.Join(" / ", texts)}");
                }
            }
        },
        iter: 20_000);

    private static (string Text, Func<DateTime, string, bool> Holds) Of(int kind, int comparison, DateTime moment, int hour, int node)
    {
        var sign = Comparisons[comparison];
        return kind switch
        {
            0 => (string.Create(CultureInfo.InvariantCulture, $"timestamp{sign}'{moment:yyyy-MM-dd HH:mm:ss}'::TIMESTAMP"), (at, _) => Holds(at.CompareTo(moment), sign)),
            1 => (string.Create(CultureInfo.InvariantCulture, $"date{sign}'{moment:yyyy-MM-dd}'::DATE"), (at, _) => Holds(at.Date.CompareTo(moment.Date), sign)),
            2 => (string.Create(CultureInfo.InvariantCulture, $"hour{sign}{hour}"), (at, _) => Holds(at.Hour.CompareTo(hour), sign)),
            _ => ($"node='{Nodes[node].Replace("'", "''", StringComparison.Ordinal)}'", (_, name) => name == Nodes[node]),
        };
    }

    private static bool Holds(int compared, string sign) => sign switch
    {
        "=" => compared == 0,
        ">" => compared > 0,
        ">=" => compared >= 0,
        "<" => compared < 0,
        _ => compared <= 0,
    };
}

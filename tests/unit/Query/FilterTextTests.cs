using NetMon.Query.Planning;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>The hours and nodes that DuckDB's conditions select.</summary>
public sealed class FilterTextTests
{
    private static readonly DateTime Day = new(2026, 11, 22);

    [Fact]
    public void Times_and_dates_bound_hours()
    {
        var bounds = FilterText.Bounds(["timestamp>='2026-11-22 10:30:00'::TIMESTAMP AND timestamp<'2026-11-22 12:15:00'::TIMESTAMP", "type='CLOSE'"]);
        Assert.Equal([10, 11, 12], Enumerable.Range(0, 24).Where(hour => bounds.HasHour(Day.AddHours(hour))));
        Assert.True(bounds.HasDay(Day));
        Assert.False(bounds.HasDay(Day.AddDays(1)));
        Assert.False(bounds.HasDay(Day.AddDays(-1)));
    }

    [Fact]
    public void Hours_of_one_day_are_bounds_and_those_of_several_days_are_not()
    {
        var one = FilterText.Bounds(["hour>=3 AND hour<5", "date='2026-11-22'::DATE"]);
        Assert.Equal([3, 4], Enumerable.Range(-24, 72).Where(hour => one.HasHour(Day.AddHours(hour))));
        var several = FilterText.Bounds(["hour=3", "date>='2026-11-22'::DATE"]);
        Assert.Equal(Enumerable.Range(0, 48), Enumerable.Range(-24, 72).Where(hour => several.HasHour(Day.AddHours(hour))));
    }

    [Theory]
    [InlineData("optional: hour IN (1, 2)")]
    [InlineData("(timestamp>'2026-11-22'::TIMESTAMP OR type='CLOSE')")]
    [InlineData("timestamp>'2026-11-22 10:30:00'::TIMESTAMP OR node='x'")]
    [InlineData("src_ip='timestamp>''2026-11-22''::TIMESTAMP'")]
    public void An_unknown_condition_is_not_a_bound(string condition) => Assert.Equal(ScanBounds.Everything, FilterText.Bounds([condition]));

    [Fact]
    public void A_text_over_two_lines_is_not_taken_for_a_condition() =>
        Assert.Equal(ScanBounds.Everything, FilterText.Bounds(["process='x", "timestamp>'2030-01-01 00:00:00'::TIMESTAMP", "y'"]));

    [Fact]
    public void Files_of_a_node_are_selected_by_name()
    {
        var bounds = FilterText.Bounds(["node='node-1'"]);
        Assert.All((string[])["node-1.parquet", "node-1-2.parquet", "node-1.a1-7.arrows"], name => Assert.True(bounds.HasFile(name), name));
        Assert.All((string[])["node-10.parquet", "node-2.parquet", "other.parquet"], name => Assert.False(bounds.HasFile(name), name));
        Assert.True(FilterText.Bounds(["node='it''s'"]).HasFile("it%27s.parquet"));
    }

    [Fact]
    public void The_start_of_an_hour_in_a_filter_above_a_scan_is_a_bound()
    {
        const string hour = "((date + to_hours(hour)) >= '2026-11-22 10:00:00'::TIMESTAMP)";
        Assert.Equal([hour], FilterExpression.Conditions(hour));
        Assert.Equal([hour, "(process = 'a AND (b')", "(pid > 5)"], FilterExpression.Conditions($"({hour} AND (process = 'a AND (b') AND (pid > 5))"));
        Assert.Equal(Day.AddHours(10), FilterText.Bounds([hour]).From);
    }

    [Theory]
    [InlineData("(open = ((pid > 5) AND ((date + to_hours(hour)) >= '2026-11-22 10:00:00'::TIMESTAMP)))")]
    [InlineData("(((pid > 5) AND (uid > 5)) OR ((date + to_hours(hour)) >= '2026-11-22 10:00:00'::TIMESTAMP))")]
    [InlineData("(NOT ((date + to_hours(hour)) >= '2026-11-22 10:00:00'::TIMESTAMP))")]
    [InlineData("(a) OR (((date + to_hours(hour)) >= '2026-11-22 10:00:00'::TIMESTAMP) AND (b))")]
    public void A_nested_condition_is_not_a_bound(string expression) => Assert.Equal(ScanBounds.Everything, FilterText.Bounds(FilterExpression.Conditions(expression)));
}

using NetMon.Storage;
using NetMon.Storage.Owners;
using Xunit;

namespace NetMon.UnitTests.Storage.Owners;

/// <summary>The ranges of an hour in the table, and that it stays within its bounds.</summary>
public sealed class OwnerTableTests
{
    private const long Second = 1_000_000_000;
    private static readonly Hour Hour = Hour.Of(Sample.Hour19);
    private readonly OwnerTable _table = new();

    [Fact]
    public void An_address_that_moves_to_another_pod_has_two_ranges()
    {
        _table.Take(Pod("a", from: 0));
        _table.Take(Pod("a", from: 0, until: 100));
        _table.Take(Pod("b", from: 101));

        Assert.Equal(["a 0 100", "b 101 "], Of(Hour));
        Assert.Equal(["b 101 "], Of(new Hour(Hour.Index + 1)));
        Assert.Empty(Of(new Hour(Hour.Index - 1)));
    }

    [Fact]
    public void A_restarted_container_has_two_ranges()
    {
        _table.Take(Pod("a", from: 0));
        _table.Take(Pod("a", from: 50));
        Assert.Equal(["a 0 50", "a 50 "], Of(Hour));
    }

    [Fact]
    public void A_repeated_report_changes_the_name_and_adds_no_range()
    {
        _table.Take(Pod("a", from: 0));
        _table.Take(Pod("a", from: 0) with { Name = new OwnerName("b", "shop", "", "", "") });
        Assert.Equal(["b 0 "], Of(Hour));
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void An_open_range_of_an_earlier_run_continues_if_reported_again_and_otherwise_ended_there()
    {
        var open = Range("a", 0) with { To = Microseconds(30) };
        var gone = Range("b", 10) with { To = Microseconds(30) };
        _table.Carry([open, gone]);
        _table.Take(Pod("a", from: 0));

        Assert.Equal(["a 0 "], Of(Hour));
        Assert.Equal(["a 0 ", "b 10 30"], [.. _table.In(Hour, carried: true).Select(Text)]);
    }

    [Fact]
    public void Addresses_of_the_node_continue_across_runs()
    {
        _table.Carry([new OwnerRange("192.0.2.1", OwnerName.Node, Microseconds(0), Microseconds(30))]);
        _table.TakeNode(["192.0.2.1", "192.0.2.2"], Microseconds(60));
        _table.TakeNode(["192.0.2.1"], Microseconds(70));
        Assert.Equal([" 0 ", " 60 70"], [.. _table.In(Hour, carried: true).Select(Text)]);
    }

    [Fact]
    public void Too_many_ranges_evict_the_oldest_and_are_counted()
    {
        const int more = 500;
        for (var n = 0; n < OwnerTable.Most + more; n++)
        {
            _table.Take(Pod($"{n}", from: n));
            _table.Take(Pod($"{n}", from: n, until: n + 1));
        }

        Assert.Equal(OwnerTable.Most, _table.Count);
        Assert.Equal(more, _table.LeftOut);
        Assert.Equal($"{more} {more} {more + 1}", Of(Hour).First());

        for (var n = 0; n < OwnerTable.Most + more; n++)
        {
            _table.Take(Pod($"open {n}", from: n));
        }

        Assert.Equal(OwnerTable.Most, _table.Count);
    }

    [Fact]
    public void Ranges_that_ended_before_an_hour_are_dropped_with_it()
    {
        _table.Take(Pod("a", from: 0));
        _table.Take(Pod("a", from: 0, until: 100));
        _table.Take(Pod("b", from: 100));
        _table.Forget(new Hour(Hour.Index + 1));
        Assert.Equal(["b 100 "], Of(Hour));
    }

    private static AddressOwner Pod(string name, long from, long until = 0) => new(
        name, new OwnerName(name, "shop", "", "", ""), ["10.244.1.5"], Sample.Hour19 + from * Second, until == 0 ? 0 : Sample.Hour19 + until * Second);

    private static OwnerRange Range(string name, long from) => new("10.244.1.5", new OwnerName(name, "shop", "", "", ""), Microseconds(from));

    private static long Microseconds(long seconds) => OwnerRange.Microseconds(Sample.Hour19 + seconds * Second);

    private static long Seconds(long microseconds) => (microseconds - Microseconds(0)) / 1_000_000;

    private static string Text(OwnerRange range) => $"{range.Name.PodName} {Seconds(range.From)} {(range.To is { } to ? Seconds(to) : null)}";

    private string[] Of(Hour hour) => [.. _table.In(hour, carried: false).Select(Text)];
}

using NetMon.Enrichment.Runtimes;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

public sealed class WantedIdsTests
{
    [Fact]
    public async Task Each_id_waits_once_and_in_order()
    {
        var wanted = new WantedIds(10);
        foreach (var id in (string[])["a", "b", "a", "c", "b"])
        {
            wanted.Add(id);
        }

        await wanted.WaitAsync(Bound.Token);
        Assert.Equal(["a", "b", "c"], wanted.Take());
        Assert.Empty(wanted.Take());
    }

    [Fact]
    public void Above_the_limit_the_oldest_id_is_dropped_and_counted()
    {
        var wanted = new WantedIds(3);
        foreach (var id in (string[])["a", "b", "c", "d", "e"])
        {
            wanted.Add(id);
        }

        Assert.Equal(2, wanted.Forgotten);
        Assert.Equal(["c", "d", "e"], wanted.Take());
    }

    [Fact]
    public void An_id_in_a_call_waits_again_only_if_the_call_fails()
    {
        var wanted = new WantedIds(10);
        wanted.Add("a");
        wanted.Take();
        wanted.Add("a");
        wanted.Add("b");

        wanted.PutBack();
        Assert.Equal(["b", "a"], wanted.Take());

        wanted.Answered();
        wanted.Add("a");
        Assert.Equal(["a"], wanted.Take());
    }

    [Fact]
    public void Requesting_a_waiting_id_again_allocates_nothing()
    {
        var wanted = new WantedIds(10);
        wanted.Add("a");
        wanted.Add("a");
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var n = 0; n < 1000; n++)
        {
            wanted.Add("a");
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}

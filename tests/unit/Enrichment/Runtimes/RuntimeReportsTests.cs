using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

public sealed class RuntimeReportsTests
{
    private readonly RuntimeReports _reports = new();

    [Fact]
    public void Events_above_the_limit_are_refused_until_some_are_taken()
    {
        var taken = 0;
        while (_reports.TryPost(Created(taken)))
        {
            taken++;
        }

        Assert.InRange(_reports.Waiting, RuntimeReports.Most, RuntimeReports.Most + 1);
        Assert.True(_reports.TryTake(out var oldest));
        Assert.Equal("0", Assert.Single(oldest.Found).ContainerId);
        Assert.True(_reports.TryPost(Created(taken)));
        Assert.False(_reports.TryPost(Created(taken)));
    }

    [Fact]
    public async Task An_answer_waits_for_space_and_keeps_its_turn()
    {
        while (_reports.TryPost(Created(0)))
        {
        }

        var answer = _reports.PostAsync(new RuntimeReport(1, [], ["a"]), Bound.Token);
        Assert.False(answer.IsCompleted);
        while (_reports.TryTake(out var report) && report.Endpoint == 0)
        {
            if (_reports.Waiting < RuntimeReports.Most)
            {
                await answer.Soon();
            }
        }

        Assert.Equal(0, _reports.Waiting);
    }

    [Fact]
    public async Task Sandbox_events_without_space_are_deferred_and_stay_in_order()
    {
        var link = new LinkReports(7, _reports);
        while (_reports.TryPost(Created(0)))
        {
        }

        link.Post(new RuntimeNews(new ContainerIdentity("c"), Ended("a")));
        Assert.Equal((true, 1), (link.HasPending, link.LeftOut)); // an event of the container triggers the request
        while (_reports.TryTake(out _))
        {
        }

        link.Post(new RuntimeNews(new ContainerIdentity("d"), Ended("b")));
        Assert.Equal("d", Assert.Single(Taken().Found).ContainerId);
        await link.PostPendingAsync(Bound.Token);
        Assert.Equal(["a", "b"], new[] { Taken(), Taken() }.Select(report => Assert.Single(report.Pods.Ended).Id));
        Assert.False(link.HasPending);
        link.Post(new RuntimeNews(null, Ended("c")));
        Assert.Equal("c", Assert.Single(Taken().Pods.Ended).Id);

        static PodNews Ended(string id) => new([], [new PodEnd(id, 1)]);

        RuntimeReport Taken() => _reports.TryTake(out var report) ? report : throw new InvalidOperationException("nothing was posted");
    }

    [Fact]
    public void Deferred_events_are_limited_and_the_rest_is_counted()
    {
        var link = new LinkReports(7, _reports);
        while (_reports.TryPost(Created(0)))
        {
        }

        for (var n = 0; n < LinkReports.MostPending + 10; n++)
        {
            link.Post(new RuntimeNews(null, new PodNews([], [new PodEnd($"{n}", 1)])));
        }

        Assert.Equal(10, link.LeftOut);
    }

    [Fact]
    public async Task A_waiting_answer_ends_with_its_session()
    {
        while (_reports.TryPost(Created(0)))
        {
        }

        using var stop = new CancellationTokenSource();
        var answer = _reports.PostAsync(new RuntimeReport(1, [], []), stop.Token);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer.Soon());
    }

    [Fact]
    public async Task An_endless_producer_does_not_block_the_consumer()
    {
        var node = new DirectoryUnderTest();
        using var stop = new CancellationTokenSource();
        var posting = Task.Run(() =>
        {
            for (var n = 0; !stop.IsCancellationRequested; n++)
            {
                node.Reports.TryPost(Created(n));
            }
        }, Bound.Token);

        // Each of these would never return if it waited until the queue is empty.
        for (var n = 0; n < 1000; n++)
        {
            node.Directory.TakeNews();
        }

        await stop.CancelAsync();
        await posting.Soon();
        Assert.True(node.Reports.Waiting <= RuntimeReports.Most + 1);
    }

    private static RuntimeReport Created(int n) => new(0, [new ContainerIdentity($"{n}", "p")], []);
}

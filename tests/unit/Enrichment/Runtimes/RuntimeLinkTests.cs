using NetMon.Enrichment.Runtimes;
using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>When a runtime is called, by a clock that the test controls.</summary>
public sealed class RuntimeLinkTests : IDisposable
{
    private static readonly ContainerIdentity App = new("a1", "web-0", "shop", "app");

    private readonly RuntimeFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Reports_all_containers_at_first_which_answers_earlier_requests()
    {
        await using var node = new Node(_folder, _time);
        node.Runtimes.Ask("too early: no socket was seen yet");
        node.Runtimes.Start();
        node.Runtimes.Ask("a1");
        node.Runtimes.Ask("b2");
        await (await node.NextOpened()).Greet(App);

        var report = await node.NextReport();

        Assert.Equal([App], report.Found);
        Assert.Equal(["a1", "b2"], report.Answered);
        await Bound.Until(() => !node.Log.IsEmpty);
        Assert.Equal([$"runtime cri://{_folder["s0"]}: scripted 1.0, 1 containers"], node.Log);
        Assert.Equal((RuntimeState.Connected, "scripted 1.0", 2, 1), (node.Status.State, node.Status.Version, node.Status.Calls, node.Status.ContainersReported));
    }

    [Fact]
    public async Task The_first_request_is_sent_at_once_and_later_ones_together_after_the_interval()
    {
        await using var node = new Node(_folder, _time);
        node.Runtimes.Start();
        var runtime = await node.NextOpened();
        await runtime.Greet();
        await node.NextReport();

        node.Runtimes.Ask("a");
        var first = await runtime.NextCall();
        Assert.Equal(["a"], first.Wanted);
        node.Runtimes.Ask("b");
        node.Runtimes.Ask("c");
        node.Runtimes.Ask("a");
        Assert.False(runtime.HasCall);
        first.Found.SetResult([]);
        Assert.Equal(["a"], (await node.NextReport()).Answered);

        var gap = new RuntimeOptions().AskGap;
        await Bound.Until(() => _time.Due.Contains(gap));
        _time.Advance(gap - TimeSpan.FromMilliseconds(1));
        node.Runtimes.Ask("d");
        Assert.False(runtime.HasCall);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(["b", "c", "d"], (await runtime.NextCall()).Wanted);
    }

    [Fact]
    public async Task No_answer_is_expected_while_a_call_exceeds_the_timeout()
    {
        await using var node = new Node(_folder, _time);
        Assert.Equal((0u, 0u), (node.Runtimes.Present, node.Runtimes.Answering));
        node.Runtimes.Start();
        Assert.Equal((1u, 1u), (node.Runtimes.Present, node.Runtimes.Answering));
        var runtime = await node.NextOpened();
        _time.Advance(TimeSpan.FromMilliseconds(201));
        Assert.Equal((1u, 0u), (node.Runtimes.Present, node.Runtimes.Answering));

        await runtime.Greet();
        await Bound.Until(() => node.Runtimes.Answering == 1);
        node.Runtimes.Ask("a");
        var call = await runtime.NextCall();
        _time.Advance(TimeSpan.FromMilliseconds(200));
        Assert.Equal(1u, node.Runtimes.Answering);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((1u, 0u), (node.Runtimes.Present, node.Runtimes.Answering));

        call.Found.SetResult([App]);
        await Bound.Until(() => node.Runtimes.Answering == 1);
        Assert.Equal(TimeSpan.FromMilliseconds(201), node.Status.LastLatency);
    }

    [Fact]
    public async Task A_timed_out_call_loses_the_connection_and_costs_one_call()
    {
        await using var node = new Node(_folder, _time);
        node.Runtimes.Start();
        var runtime = await node.NextOpened();
        await runtime.Greet();
        await node.NextReport();
        node.Runtimes.Ask("a");
        await runtime.NextCall();
        node.Runtimes.Ask("b");

        _time.Advance(TimeSpan.FromSeconds(30));
        await Bound.Until(() => node.Status.State == RuntimeState.BackOff);

        Assert.False(runtime.HasCall);
        Assert.Equal((1u, 0u), (node.Runtimes.Present, node.Runtimes.Answering));
        Assert.Equal("no answer within 30 s", node.Status.LastFailure);
        Assert.Contains("lost: no answer within 30 s", node.Log.Last(), StringComparison.Ordinal);
        Assert.True(runtime.IsDisposed);
    }

    [Fact]
    public async Task Requests_survive_a_connection_loss_and_the_next_full_list_answers_them()
    {
        await using var node = new Node(_folder, _time);
        node.Runtimes.Start();
        var lost = await node.NextOpened();
        await lost.Greet();
        await node.NextReport();
        node.Runtimes.Ask("a1");
        (await lost.NextCall()).Found.SetException(new RuntimeException("broken"));
        await Bound.Until(() => node.Status.State == RuntimeState.BackOff && _time.Due.Count > 0);
        node.Runtimes.Ask("b2");
        Assert.InRange(Assert.Single(_time.Due).TotalSeconds, 0.4, 0.6);

        _time.Advance(TimeSpan.FromSeconds(0.6));
        var back = await node.NextOpened();
        (await back.NextCall()).Version.SetResult("scripted 2.0");
        var all = await back.NextCall();
        Assert.Empty(all.Wanted);
        Assert.Equal(0u, node.Runtimes.Answering);
        all.Found.SetResult([App]);

        Assert.Equal(["a1", "b2"], (await node.NextReport()).Answered.Order());
        await Bound.Until(() => node.Log.Count == 3);
        Assert.EndsWith("back: scripted 2.0, 1 containers", node.Log.Last(), StringComparison.Ordinal);
        Assert.Equal((1, 1), (node.Status.Reconnects, node.Status.Failures));
    }

    [Fact]
    public async Task A_connection_loss_is_logged_once_for_any_number_of_retries()
    {
        await using var node = new Node(_folder, _time);
        node.Runtimes.Start();
        foreach (var expected in (double[])[0.5, 1, 2, 4, 5, 5, 5, 5])
        {
            (await (await node.NextOpened()).NextCall()).Version.SetException(new RuntimeException("no"));
            await Bound.Until(() => _time.Due.Count == 1 && node.Status.State == RuntimeState.BackOff);
            Assert.InRange(_time.Due[0].TotalSeconds, expected * 0.8, expected * 1.2);
            _time.Advance(_time.Due[0]);
        }

        Assert.Equal([$"runtime cri://{_folder["s0"]}: can't be asked for names: no. Retrying automatically."], node.Log);
        Assert.Equal(8, node.Status.Failures);
    }

    [Fact]
    public async Task Events_are_reported_as_they_arrive_and_the_end_of_their_stream_is_a_loss()
    {
        await using var node = new Node(_folder, _time, canFollow: true);
        node.Runtimes.Start();
        var runtime = await node.NextOpened();
        await runtime.Greet();
        await node.NextReport();

        runtime.Events.Writer.TryWrite(App);
        var told = await node.NextReport();
        Assert.Equal([App], told.Found);
        Assert.Empty(told.Answered);

        runtime.Events.Writer.Complete(new RuntimeException("stream torn"));
        await Bound.Until(() => node.Status.State == RuntimeState.BackOff);
        Assert.Equal("stream torn", node.Status.LastFailure);
    }

    [Fact]
    public async Task A_parser_bug_is_a_failure_of_that_runtime_only()
    {
        await using var node = new Node(_folder, _time, sockets: 2);
        node.Runtimes.Start();
        var (one, other) = (await node.NextOpened(), await node.NextOpened());
        (await one.NextCall()).Version.SetException(new InvalidOperationException("unforeseen"));
        await other.Greet();
        await Bound.Until(() => node.Runtimes.Status.Any(s => s.State == RuntimeState.BackOff) && node.Runtimes.Status.Any(s => s.State == RuntimeState.Connected));

        Assert.Equal(3u, node.Runtimes.Present);
        Assert.Contains("InvalidOperationException: unforeseen", node.Runtimes.Status.Select(s => s.LastFailure));
    }

    [Fact]
    public async Task The_stop_does_not_wait_for_calls_that_ignore_cancellation()
    {
        var node = new Node(_folder, TimeProvider.System, canFollow: true, sockets: 8);
        node.Runtimes.Start();
        for (var n = 0; n < 8; n++)
        {
            await (await node.NextOpened()).NextCall();
        }

        await node.DisposeAsync().AsTask().Soon(); // the calls never end
        node.Runtimes.Ask("after the end");
        Assert.Equal(0u, node.Runtimes.Present);
    }
}

using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>
/// A runtime whose calls wait for the test: each call is an item of <see cref="Calls"/>, and completing it is the answer.
/// </summary>
internal sealed class ScriptedRuntime(bool canFollow = false) : IContainerRuntime
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private readonly Channel<PodNews> _pods = Channel.CreateUnbounded<PodNews>();

    /// <summary>The event stream; completing it with an exception ends the stream with that exception.</summary>
    public Channel<ContainerIdentity> Events { get; } = Channel.CreateUnbounded<ContainerIdentity>();

    public bool CanFollow => canFollow;

    public long LeftOut { get; set; }

    public bool IsDisposed { get; private set; }

    public bool HasCall => _calls.Reader.Count > 0;

    /// <summary>Waits for the next call.</summary>
    public Task<Call> NextCall() => _calls.Reader.ReadAsync(Bound.Token).AsTask();

    /// <summary>Answers a version and a first list of these containers.</summary>
    public async Task Greet(params ContainerIdentity[] containers)
    {
        (await NextCall()).Version.SetResult("scripted 1.0");
        (await NextCall()).Found.SetResult(containers);
    }

    public async Task<string> ReadVersionAsync(CancellationToken stop)
    {
        var call = new Call(["version"]);
        _calls.Writer.TryWrite(call);
        return await call.Version.Task;
    }

    public async Task<IReadOnlyList<ContainerIdentity>> ListAsync(IReadOnlyCollection<string> wanted, CancellationToken stop)
    {
        var call = new Call([.. wanted]);
        _calls.Writer.TryWrite(call);
        return await call.Found.Task;
    }

    public bool HasPodsToRead => _pods.Reader.Count > 0;

    /// <summary>Queues an event of sandboxes.</summary>
    public void AddPods(PodNews news) => _pods.Writer.TryWrite(news);

    public Task<PodNews> ReadPodsAsync(CancellationToken stop) => _pods.Reader.ReadAsync(stop).AsTask();

    public async IAsyncEnumerable<RuntimeNews?> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        await foreach (var container in Events.Reader.ReadAllAsync(stop))
        {
            yield return new RuntimeNews(container, PodNews.None);
        }
    }

    public void Dispose() => IsDisposed = true;

    internal sealed record Call(string[] Wanted)
    {
        public TaskCompletionSource<string> Version { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<IReadOnlyList<ContainerIdentity>> Found { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

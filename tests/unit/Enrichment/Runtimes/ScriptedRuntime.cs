using System.Runtime.CompilerServices;
using System.Threading.Channels;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Events;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>A runtime whose calls wait for the test: each call is an item of <see cref="Calls"/>, answered by its completion.</summary>
internal sealed class ScriptedRuntime(bool canFollow = false) : IContainerRuntime
{
    private readonly Channel<Call> _calls = Channel.CreateUnbounded<Call>();
    private readonly Channel<PodNews> _pods = Channel.CreateUnbounded<PodNews>();

    /// <summary>Events; completing it with an exception ends the following with that.</summary>
    public Channel<ContainerIdentity> Events { get; } = Channel.CreateUnbounded<ContainerIdentity>();

    public bool CanFollow => canFollow;

    public long LeftOut { get; set; }

    public bool IsDisposed { get; private set; }

    public bool HasCall => _calls.Reader.Count > 0;

    /// <summary>The next call, once it comes.</summary>
    public Task<Call> NextCall() => _calls.Reader.ReadAsync(Bound.Token).AsTask();

    /// <summary>Answers a version and the first list, of these containers.</summary>
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

    /// <summary>Has news of sandboxes wait to be read.</summary>
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

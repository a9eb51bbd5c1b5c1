using System.Runtime.CompilerServices;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Enrichment.Workloads;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>
/// A runtime with the Kubernetes CRI. It is only queried; nothing is changed, and no other client is affected: CRI events are only used if every client
/// receives all of them (containerd 2.0, CRI-O 1.28). In earlier versions clients shared one queue and would take kubelet's events; containerd has
/// always had its own events, which are used instead.
/// </summary>
public sealed class CriRuntime : IContainerRuntime
{
    private const string Service = "runtime.v1.RuntimeService";

    /// <summary>CRI-O without events enabled ends the stream immediately, without an error.</summary>
    private static readonly TimeSpan EndedAtOnce = TimeSpan.FromSeconds(1);

    /// <summary>The number of sandboxes for which addresses are read before names are requested again; CRI has no call for several.</summary>
    private const int PodsAtOnce = 16;

    private static readonly GrpcMethod<VersionRequest, VersionResponse> VersionMethod = new(Service, "Version", CriMessages.Version);

    private readonly GrpcMethod<ListContainersRequest, FoundContainers> _listContainers;
    private readonly GrpcMethod<ListPodSandboxRequest, FoundContainers> _listSandboxes;
    private readonly GrpcMethod<PodSandboxStatusRequest, Answered<PodAddresses>> _status;
    private readonly GrpcMethod<GetEventsRequest, Answered<RuntimeNews>> _events;
    private readonly GrpcSocket _socket;
    private readonly PodSandboxes _pods;
    private RuntimeVersion _version = new("", 0, 0);
    private FoundContainers _found = new([]);
    private HashSet<string> _ready = [];
    private bool _refusesEvents;

    /// <param name="socketPath">The socket of the runtime.</param>
    /// <param name="naming">Determines workloads of pods.</param>
    public CriRuntime(string socketPath, PodNaming naming)
    {
        _socket = new GrpcSocket(socketPath);
        _pods = new PodSandboxes(naming);

        // Answers are added to the current search: there is one call at a time.
        _listContainers = new GrpcMethod<ListContainersRequest, FoundContainers>(Service, "ListContainers", message =>
        {
            CriMessages.AddContainers(message, _found);
            return _found;
        });
        _listSandboxes = new GrpcMethod<ListPodSandboxRequest, FoundContainers>(Service, "ListPodSandbox", message =>
        {
            _ready = CriMessages.AddSandboxes(message, _found, _pods);
            return _found;
        });
        _status = new GrpcMethod<PodSandboxStatusRequest, Answered<PodAddresses>>(Service, "PodSandboxStatus", message => new Answered<PodAddresses>(CriMessages.Addresses(message, _pods)));
        _events = new GrpcMethod<GetEventsRequest, Answered<RuntimeNews>>(Service, "GetContainerEvents", message => new Answered<RuntimeNews>(CriMessages.News(message, _pods)));
    }

    /// <inheritdoc/>
    public bool CanFollow => !_refusesEvents && (FollowsCri || IsContainerd);

    /// <inheritdoc/>
    public long LeftOut { get; private set; }

    private bool IsContainerd => _version.Name == "containerd";

    private bool FollowsCri => _version.Name switch
    {
        "containerd" => _version.IsAtLeast(2, 0),
        "cri-o" => _version.IsAtLeast(1, 28),
        _ => false,
    };

    /// <inheritdoc/>
    public async Task<string> ReadVersionAsync(CancellationToken stop)
    {
        try
        {
            var answer = await _socket.CallAsync(VersionMethod, new VersionRequest(), stop).ConfigureAwait(false);
            _version = RuntimeVersion.Parse(answer.RuntimeName, answer.RuntimeVersion);
            return UnixSocketHttp.OneLine($"{answer.RuntimeName} {answer.RuntimeVersion}");
        }
        catch (RuntimeException e) when (GrpcSocket.IsUnimplemented(e))
        {
            throw new RuntimeException("it does not speak CRI runtime.v1: its cri plugin may be disabled, as in Docker's containerd packages", e);
        }
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ContainerIdentity>> ListAsync(IReadOnlyCollection<string> wanted, CancellationToken stop)
    {
        var only = wanted.Count == 1 ? wanted.First() : "";
        var found = _found = new FoundContainers(wanted);
        await _socket.CallAsync(
            _listContainers,
            new ListContainersRequest { Filter = only.Length > 0 ? new ContainerFilter { Id = only } : null },
            stop).ConfigureAwait(false);
        var sandbox = found.Unjoined.FirstOrDefault(of => _pods.IdOf(of.SandboxId, of.Container.PodUid).Length == 0).SandboxId;
        if (!found.HasAllWanted || sandbox is not null)
        {
            // A pod's pause container has the sandbox's id, and is in no other list.
            var filter = only.Length == 0 ? "" : sandbox ?? only;
            await _socket.CallAsync(
                _listSandboxes,
                new ListPodSandboxRequest { Filter = filter.Length > 0 ? new PodSandboxFilter { Id = filter } : null },
                stop).ConfigureAwait(false);
            if (filter.Length == 0 && found.LeftOut == 0)
            {
                _pods.AllReady(_ready);
            }
        }

        found.Join(_pods.Join);
        LeftOut += found.LeftOut;
        return found.Kept;
    }

    /// <inheritdoc/>
    public bool HasPodsToRead => _pods.HasUnread;

    /// <inheritdoc/>
    public bool HasPodsToRetry => _pods.HasFailed;

    /// <inheritdoc/>
    public void RetryPods() => _pods.Retry();

    /// <inheritdoc/>
    public async Task<PodNews> ReadPodsAsync(CancellationToken stop)
    {
        List<PodAddresses> read = [];
        foreach (var id in _pods.TakeUnread(PodsAtOnce))
        {
            try
            {
                if ((await _socket.CallAsync(_status, new PodSandboxStatusRequest { PodSandboxId = id }, stop).ConfigureAwait(false)).Value is { } pod)
                {
                    read.Add(pod);
                }
            }
            catch (RuntimeException e) when (!GrpcSocket.IsUnavailable(e))
            {
                // Names do not depend on it.
                if (!GrpcSocket.IsNotFound(e))
                {
                    _pods.AddressesFailed(id);
                }
            }
        }

        return new PodNews(read, [], _pods.TakeReady());
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<RuntimeNews?> FollowAsync(CancellationToken stop) =>
        FollowsCri ? FollowCriAsync(stop) : new ContainerdEvents(_socket, _pods).FollowAsync(stop);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async IAsyncEnumerable<RuntimeNews?> FollowCriAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var began = Environment.TickCount64;
        var any = false;
        await using var events = _socket.StreamAsync(_events, new GetEventsRequest(), stop).GetAsyncEnumerator(stop);
        while (true)
        {
            try
            {
                if (!await events.MoveNextAsync().ConfigureAwait(false))
                {
                    break;
                }
            }
            catch (RuntimeException e) when (GrpcSocket.IsUnimplemented(e))
            {
                _refusesEvents = true;
                yield break;
            }

            any = true;
            yield return events.Current.Value;
        }

        _refusesEvents = !any && Environment.TickCount64 - began < EndedAtOnce.TotalMilliseconds;
    }

    /// <summary>The parsed answer; null: nothing relevant.</summary>
    private sealed record Answered<T>(T? Value)
        where T : class;
}

using System.Runtime.CompilerServices;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Events;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>
/// A runtime that Kubernetes speaks to. It is only asked what there is; nothing is changed, and no other client gets less:
/// CRI's events are followed only where each client gets all of them (containerd 2.0, CRI-O 1.28). Before, clients shared
/// one queue and would take kubelet's events; containerd has had events of its own for that all along.
/// </summary>
public sealed class CriRuntime : IContainerRuntime
{
    private const string Service = "runtime.v1.RuntimeService";

    /// <summary>CRI-O that is not told to make events ends the stream at once and without an error.</summary>
    private static readonly TimeSpan EndedAtOnce = TimeSpan.FromSeconds(1);

    private static readonly GrpcMethod<VersionRequest, VersionResponse> VersionMethod = new(Service, "Version", CriMessages.Version);

    private static readonly GrpcMethod<GetEventsRequest, Happened> EventsMethod =
        new(Service, "GetContainerEvents", static message => new Happened(CriMessages.Created(message)));

    private readonly GrpcMethod<ListContainersRequest, FoundContainers> _listContainers;
    private readonly GrpcMethod<ListPodSandboxRequest, FoundContainers> _listSandboxes;
    private readonly GrpcSocket _socket;
    private RuntimeVersion _version = new("", 0, 0);
    private FoundContainers _found = new([]);
    private bool _refusesEvents;

    /// <summary>A runtime behind the socket at this path.</summary>
    public CriRuntime(string socketPath)
    {
        _socket = new GrpcSocket(socketPath);

        // Answers are taken into what is being looked for: there is one call at a time.
        _listContainers = new GrpcMethod<ListContainersRequest, FoundContainers>(Service, "ListContainers", message =>
        {
            CriMessages.AddContainers(message, _found);
            return _found;
        });
        _listSandboxes = new GrpcMethod<ListPodSandboxRequest, FoundContainers>(Service, "ListPodSandbox", message =>
        {
            CriMessages.AddSandboxes(message, _found);
            return _found;
        });
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
            throw new RuntimeException("it does not speak CRI runtime.v1: its cri plugin may be disabled, as Docker's packages of containerd have it", e);
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
        if (!found.HasAllWanted)
        {
            // A pod's pause container has the sandbox's id, and no other list has it.
            await _socket.CallAsync(
                _listSandboxes,
                new ListPodSandboxRequest { Filter = only.Length > 0 ? new PodSandboxFilter { Id = only } : null },
                stop).ConfigureAwait(false);
        }

        LeftOut += found.LeftOut;
        return found.Kept;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<ContainerIdentity?> FollowAsync(CancellationToken stop) =>
        FollowsCri ? FollowCriAsync(stop) : new ContainerdEvents(_socket).FollowAsync(stop);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private async IAsyncEnumerable<ContainerIdentity?> FollowCriAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var began = Environment.TickCount64;
        var any = false;
        await using var events = _socket.StreamAsync(EventsMethod, new GetEventsRequest(), stop).GetAsyncEnumerator(stop);
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
            yield return events.Current.Created;
        }

        _refusesEvents = !any && Environment.TickCount64 - began < EndedAtOnce.TotalMilliseconds;
    }

    /// <summary>An event of a container or a sandbox; null: not its creation.</summary>
    private sealed record Happened(ContainerIdentity? Created);
}

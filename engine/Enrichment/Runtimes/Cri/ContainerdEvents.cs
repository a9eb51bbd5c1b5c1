using System.Buffers;
using System.Runtime.CompilerServices;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using ListContainersRequest = NetMon.Enrichment.Runtimes.Cri.Wire.Containerd.ListContainersRequest;

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>
/// containerd's own events, of every version: each subscriber receives all of them. A creation event contains only the id; the labels are then read from
/// containerd's container service, because the container appears in CRI's list some milliseconds later. Creations within <see cref="Gap"/> are looked
/// up by one call.
/// </summary>
/// <param name="socket">The socket of containerd.</param>
/// <param name="pods">The connection's sandboxes.</param>
internal sealed class ContainerdEvents(GrpcSocket socket, PodSandboxes pods)
{
    /// <summary>The time from the end of one lookup to the next.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(100);

    /// <summary>The timeout of a lookup; events that arrive meanwhile wait in the socket.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>The maximum number of ids per lookup.</summary>
    private const int Batch = 256;

    private const string Namespace = "k8s.io";
    private const string CreateTopic = "/containers/create";

    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-");

    private static readonly (string Name, string Value) InNamespace = ("containerd-namespace", Namespace);

    private static readonly GrpcMethod<SubscribeRequest, string> SubscribeMethod = new(
        "containerd.services.events.v1.Events", "Subscribe", static message => CriMessages.CreatedId(message, Namespace, CreateTopic));

    private readonly GrpcMethod<ListContainersRequest, FoundContainers> _listMethod = new(
        "containerd.services.containers.v1.Containers", "List", message =>
        {
            var found = new FoundContainers([]);
            CriMessages.AddContainerd(message, found, pods);
            return found;
        });

    /// <summary>Yields every container of Kubernetes when it is created, before its process starts.</summary>
    public async IAsyncEnumerable<RuntimeNews?> FollowAsync([EnumeratorCancellation] CancellationToken stop)
    {
        var request = new SubscribeRequest { Filters = { $"namespace==\"{Namespace}\",topic==\"{CreateTopic}\"" } };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var events = socket.StreamAsync(SubscribeMethod, request, ended.Token).GetAsyncEnumerator(ended.Token);
        Task<bool>? next = null;
        try
        {
            List<string> made = [];
            var (more, mayLook) = (true, Environment.TickCount64);
            while (more || made.Count > 0)
            {
                var wait = TimeSpan.FromMilliseconds(mayLook - Environment.TickCount64);
                if (more && (made.Count == 0 || (made.Count < Batch && wait > TimeSpan.Zero)))
                {
                    next ??= events.MoveNextAsync().AsTask();
                    await (made.Count == 0 ? (Task)next : Task.WhenAny(next, Task.Delay(wait, stop))).ConfigureAwait(false);
                    stop.ThrowIfCancellationRequested();
                    if (next.IsCompleted)
                    {
                        (more, next) = (await next.ConfigureAwait(false), null);
                        if (more && IsIdentifier(events.Current))
                        {
                            made.Add(events.Current);
                        }
                        else if (more)
                        {
                            yield return null;
                        }
                    }

                    continue;
                }

                foreach (var container in (await LookUpAsync(made, stop).ConfigureAwait(false)).Kept)
                {
                    yield return new RuntimeNews(container, PodNews.None);
                }

                made.Clear();
                mayLook = Environment.TickCount64 + (long)Gap.TotalMilliseconds;
            }
        }
        finally
        {
            // The enumerator can only be disposed when nothing waits for its next element.
            await ended.CancelAsync().ConfigureAwait(false);
            if (next is not null)
            {
                await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await events.DisposeAsync().ConfigureAwait(false);
        }
    }

    private async Task<FoundContainers> LookUpAsync(List<string> ids, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(Deadline);
        try
        {
            var found = await ListAsync(ids.Select(id => $"id==\"{id}\""), deadline.Token).ConfigureAwait(false);

            // Sandboxes are created before their containers, so only containers with a sandbox older than the connection have none here.
            string[] unknown = [.. found.Unjoined.Select(of => of.Container.PodUid).Distinct().Where(IsOfUnknownPod)];
            if (unknown.Length > 0)
            {
                await ListAsync(unknown.Select(uid => $"labels.\"{PodLabels.PodUid}\"==\"{uid}\",labels.\"{CriNames.ContainerdKind}\"=={CriNames.SandboxKind}"), deadline.Token).ConfigureAwait(false);
            }

            Join(found);
            return found;
        }
        catch (OperationCanceledException e) when (!stop.IsCancellationRequested)
        {
            throw new RuntimeException($"no answer within {Deadline.TotalSeconds:0} s to a question about new containers", e);
        }
    }

    private async Task<FoundContainers> ListAsync(IEnumerable<string> filters, CancellationToken stop) =>
        await socket.CallAsync(_listMethod, new ListContainersRequest { Filters = { filters } }, stop, InNamespace).ConfigureAwait(false);

    private bool IsOfUnknownPod(string podUid) => IsIdentifier(podUid) && pods.IdOf("", podUid).Length == 0;

    /// <summary>A pod's first container shows that its sandbox has addresses, which can be read by its id.</summary>
    private void Join(FoundContainers found) => found.Join((container, _) =>
    {
        var sandbox = pods.IdOf("", container.PodUid);
        pods.WantAddresses(sandbox);
        return pods.Join(container, sandbox);
    });

    /// <summary>Checks containerd's rule for ids (pkg/identifiers), so that an id can't be interpreted as filter syntax.</summary>
    private static bool IsIdentifier(string id) => id.Length is > 0 and <= 76 && !id.AsSpan().ContainsAnyExcept(IdCharacters);
}

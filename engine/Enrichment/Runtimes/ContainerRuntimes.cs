using NetMon.Foundation.Logging;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// All container runtimes of the node. Their answers and notifications are posted as reports, on any thread.
/// </summary>
public sealed class ContainerRuntimes : INameSource, IAsyncDisposable
{
    /// <summary>The maximum time for stopping, even if something hangs.</summary>
    private static readonly TimeSpan EndBound = TimeSpan.FromMilliseconds(900);

    private readonly RuntimeLink[] _links;
    private readonly SocketClaims _claims = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Creates the runtimes; they are contacted after <see cref="Start"/>. An endpoint's index in the list is its number and its bit.</summary>
    public ContainerRuntimes(
        IReadOnlyList<RuntimeEndpoint> endpoints, RuntimeOptions options, RuntimeReports reports, Logger log)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(endpoints.Count, RuntimeEndpoint.Limit);
        _links = [.. endpoints.Select((endpoint, place) => new RuntimeLink(place, endpoint, options, _claims, reports, log))];
    }

    /// <summary>Bit n: the socket of endpoint n exists, whether or not it responds now.</summary>
    public uint Present
    {
        get
        {
            var bits = 0u;
            for (var n = 0; n < _links.Length; n++)
            {
                bits |= _links[n].IsPresent ? 1u << n : 0;
            }

            return bits;
        }
    }

    /// <summary>Bit n: endpoint n is expected to answer soon.</summary>
    public uint Answering
    {
        get
        {
            var bits = 0u;
            for (var n = 0; n < _links.Length; n++)
            {
                bits |= _links[n].IsAnswering ? 1u << n : 0;
            }

            return bits;
        }
    }

    /// <summary>The status of each endpoint, by index.</summary>
    public IReadOnlyList<RuntimeStatus> Status => [.. _links.Select(link => link.Status)];

    /// <summary>Starts, once. The existing sockets are known when this returns.</summary>
    public void Start() => _running = Task.WhenAll(_links.Select(link => link.Start(_stop.Token)).ToArray());

    /// <summary>Requests the names of an id from every existing runtime. Thread-safe; does not wait, and does not allocate for an id that is already queued.</summary>
    public void Ask(string containerId)
    {
        foreach (var link in _links)
        {
            link.Ask(containerId);
        }
    }

    /// <summary>Requests the version and all containers from one endpoint, and returns the result. Throws only when stopped.</summary>
    public static async Task<RuntimeStatus> ExamineAsync(
        RuntimeEndpoint endpoint, TimeSpan timeout, RuntimeOptions? options = null, CancellationToken stop = default)
    {
        var status = new RuntimeStatus { Endpoint = endpoint };
        if (!File.Exists(endpoint.SocketPath))
        {
            return status with { LastFailure = "no such socket, or no permission to see it" };
        }

        options = (options ?? new RuntimeOptions()) with { CallDeadline = timeout };
        var calls = new RuntimeCalls(options);
        try
        {
            using var runtime = options.Open(endpoint, options.Naming);
            status = status with { Version = await calls.MakeAsync(runtime.ReadVersionAsync, stop).ConfigureAwait(false) };
            var found = await calls.MakeAsync(token => runtime.ListAsync([], token), stop).ConfigureAwait(false);
            status = status with { State = RuntimeState.Connected, IsAnswering = true, ContainersReported = found.Count };
        }
        catch (RuntimeException e)
        {
            status = status with { State = RuntimeState.BackOff, Failures = 1, LastFailure = e.Message };
        }

        return status with { Calls = calls.Begun, LastLatency = calls.LastLatency };
    }

    /// <summary>Stops everything, within a second even if a runtime hangs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _running.WaitAsync(EndBound).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Whatever still hangs holds no lock and ends with the process.
            return;
        }

        _stop.Dispose();
    }
}

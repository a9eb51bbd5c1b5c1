using NetMon.Foundation.Logging;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// All container runtimes of the node. What they tell, asked or unasked, is posted as reports, from any thread.
/// </summary>
public sealed class ContainerRuntimes : INameSource, IAsyncDisposable
{
    /// <summary>How long the end may take, whatever hangs.</summary>
    private static readonly TimeSpan EndBound = TimeSpan.FromMilliseconds(900);

    private readonly RuntimeLink[] _links;
    private readonly SocketClaims _claims = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Nothing is asked before <see cref="Start"/>. An endpoint's place in the list is its number and its bit.</summary>
    public ContainerRuntimes(
        IReadOnlyList<RuntimeEndpoint> endpoints, RuntimeOptions options, RuntimeReports reports, Logger log)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(endpoints.Count, RuntimeEndpoint.Limit);
        _links = [.. endpoints.Select((endpoint, place) => new RuntimeLink(place, endpoint, options, _claims, reports, log))];
    }

    /// <summary>Bit n: endpoint n's socket is there, whether or not it can be asked just now.</summary>
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

    /// <summary>Bit n: an answer of endpoint n can be hoped for soon.</summary>
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

    /// <summary>How it stands with each endpoint, by its place.</summary>
    public IReadOnlyList<RuntimeStatus> Status => [.. _links.Select(link => link.Status)];

    /// <summary>Begins, once. Whose socket is there is known when this returns.</summary>
    public void Start() => _running = Task.WhenAll(_links.Select(link => link.Start(_stop.Token)).ToArray());

    /// <summary>Wants an id's names of every runtime that is there. Any thread; it does not wait, and allocates nothing for an id that waits already.</summary>
    public void Ask(string containerId)
    {
        foreach (var link in _links)
        {
            link.Ask(containerId);
        }
    }

    /// <summary>Asks one endpoint for its version and all its containers, and tells how that went. Throws when it is stopped only.</summary>
    public static async Task<RuntimeStatus> ExamineAsync(
        RuntimeEndpoint endpoint, TimeSpan timeout, RuntimeOptions? options = null, CancellationToken stop = default)
    {
        var told = new RuntimeStatus { Endpoint = endpoint };
        if (!File.Exists(endpoint.SocketPath))
        {
            return told with { LastFailure = "there is no such socket, or no right to see it" };
        }

        options = (options ?? new RuntimeOptions()) with { CallDeadline = timeout };
        var calls = new RuntimeCalls(options);
        try
        {
            using var runtime = options.Open(endpoint, options.Naming);
            told = told with { Version = await calls.MakeAsync(runtime.ReadVersionAsync, stop).ConfigureAwait(false) };
            var found = await calls.MakeAsync(token => runtime.ListAsync([], token), stop).ConfigureAwait(false);
            told = told with { State = RuntimeState.Connected, IsAnswering = true, ContainersTold = found.Count };
        }
        catch (RuntimeException e)
        {
            told = told with { State = RuntimeState.BackOff, Failures = 1, LastFailure = e.Message };
        }

        return told with { Calls = calls.Begun, LastLatency = calls.LastLatency };
    }

    /// <summary>Ends all; within a second also when a runtime hangs.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        try
        {
            await _running.WaitAsync(EndBound).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // What still hangs holds no lock and ends with the process.
            return;
        }

        _stop.Dispose();
    }
}

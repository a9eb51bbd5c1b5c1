using NetMon.Foundation;
using NetMon.Foundation.Logging;

namespace NetMon.Enrichment.Runtimes;

/// <summary>
/// The loop of one endpoint: waits for its socket, connects, reports all containers, then requests names and reports new containers until it fails; then
/// retries after a pause. Reports and log lines come from its own task.
/// </summary>
public sealed class RuntimeLink
{
    /// <summary>Prevents the agents of many nodes from reconnecting at the same time.</summary>
    private const double Jitter = 0.2;

    private readonly RuntimeEndpoint _endpoint;
    private readonly RuntimeOptions _options;
    private readonly SocketClaims _claims;
    private readonly LinkReports _reports;
    private readonly LinkLog _log;
    private readonly WantedIds _wanted;
    private readonly RuntimeCalls _calls;
    private readonly BackOff _retry;
    private readonly BackOff _look;
    private volatile RuntimeState _state;
    private volatile string _version = "";
    private volatile string _lastFailure = "";
    private volatile bool _firstAttemptOver;
    private long _attemptBegan;
    private long _failures;
    private long _connections;

    internal RuntimeLink(
        int place, RuntimeEndpoint endpoint, RuntimeOptions options, SocketClaims claims, RuntimeReports reports, Logger log)
    {
        (_endpoint, _options, _claims, _reports) = (endpoint, options, claims, new LinkReports(place, reports));
        _log = new LinkLog(endpoint, log);
        _wanted = new WantedIds(options.WantedLimit);
        _calls = new RuntimeCalls(options);
        _retry = new BackOff(options.FirstBackOff, options.LongestBackOff, Jitter);
        _look = new BackOff(options.FirstBackOff, options.LookInterval, Jitter);
    }

    /// <summary>Whether its socket exists.</summary>
    public bool IsPresent => _state != RuntimeState.Absent;

    /// <summary>
    /// Whether it is connected and no call has taken longer than the limit, or the very first attempt to connect has not taken longer than that.
    /// </summary>
    public bool IsAnswering => _state switch
    {
        RuntimeState.Connected => !_calls.IsOverdue,
        RuntimeState.Connecting => !_firstAttemptOver && _options.Time.GetElapsedTime(Interlocked.Read(ref _attemptBegan)) <= _options.AnsweringBound,
        _ => false,
    };

    /// <summary>The current status.</summary>
    public RuntimeStatus Status => new()
    {
        Endpoint = _endpoint,
        State = _state,
        IsAnswering = IsAnswering,
        Version = _version,
        Calls = _calls.Begun,
        Failures = Interlocked.Read(ref _failures),
        ContainersReported = _reports.Reported,
        Reconnects = Math.Max(0, Interlocked.Read(ref _connections) - 1),
        LeftOut = _reports.LeftOut,
        DroppedLookups = _wanted.Forgotten,
        LastLatency = _calls.LastLatency,
        LastFailure = _lastFailure,
    };

    /// <summary>Requests the names of an id, unless the socket is missing: existing containers are reported when it appears. Thread-safe; does not wait.</summary>
    public void Ask(string containerId)
    {
        if (IsPresent)
        {
            _wanted.Add(containerId);
        }
    }

    /// <summary>Starts the loop; whether the socket exists is known when this returns. The task ends without an exception when stopped.</summary>
    internal Task Start(CancellationToken stop)
    {
        LookForSocket();
        return Task.Run(() => RunAsync(stop), CancellationToken.None);
    }

    private async Task RunAsync(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var connected = _options.Time.GetTimestamp();
                try
                {
                    while (!LookForSocket())
                    {
                        await Task.Delay(_version.Length > 0 ? _look.Next() : _options.LookInterval, _options.Time, stop).ConfigureAwait(false);
                    }

                    connected = _options.Time.GetTimestamp();
                    await ServeAsync(stop).ConfigureAwait(false);
                }
                catch (Exception e) when (!stop.IsCancellationRequested)
                {
                    Failed(e, _options.Time.GetElapsedTime(connected));
                }

                await Task.Delay(_retry.Next(), _options.Time, stop).ConfigureAwait(false);
            }
        }
        catch (Exception) when (stop.IsCancellationRequested)
        {
            // However the stop interrupted it.
        }
        finally
        {
            _state = RuntimeState.Absent;
            _claims.Release(this);
        }
    }

    private bool LookForSocket()
    {
        if (!_claims.TryClaim(_endpoint.SocketPath, this))
        {
            _state = RuntimeState.Absent;
            _log.Missing(_options.LookInterval);
            return false;
        }

        if (_state != RuntimeState.Connecting)
        {
            Interlocked.Exchange(ref _attemptBegan, _options.Time.GetTimestamp());
            _state = RuntimeState.Connecting;
        }

        return true;
    }

    /// <summary>Serves one connection from its creation to its end, which is always an exception.</summary>
    private async Task ServeAsync(CancellationToken stop)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var runtime = _options.Open(_endpoint, _options.Naming);
        var following = new Following(runtime, session, _options.Time, news => Happened(runtime, news));
        try
        {
            var version = await _calls.MakeAsync(runtime.ReadVersionAsync, session.Token).ConfigureAwait(false);

            // First, so that no container is created between the list and the first event.
            following.Start();
            var count = await ListAsync(runtime, all: true, session.Token).ConfigureAwait(false);
            Connected(version, count);
            var retries = new PodRetries(_options, _wanted);
            while (true)
            {
                await (runtime.HasPodsToRead ? ReadPodsAsync(runtime, session.Token) : retries.WaitAsync(runtime, session.Token)).ConfigureAwait(false);
                await _reports.PostPendingAsync(session.Token).ConfigureAwait(false);
                if (await ListAsync(runtime, all: false, session.Token).ConfigureAwait(false) > 0)
                {
                    await Task.Delay(_options.AskGap, _options.Time, session.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested && following.Failure is { } why)
        {
            throw why;
        }
        finally
        {
            await session.CancelAsync().ConfigureAwait(false);
            runtime.Dispose();
            await following.EndAsync().ConfigureAwait(false);
        }
    }

    private async Task ReadPodsAsync(IContainerRuntime runtime, CancellationToken stop) =>
        await _reports.PostAsync(await _calls.MakeAsync(runtime.ReadPodsAsync, stop).ConfigureAwait(false), stop).ConfigureAwait(false);

    /// <summary>Makes one list call: for all, or for requested ids if there are any. Returns the number of containers received or requested.</summary>
    private async Task<int> ListAsync(IContainerRuntime runtime, bool all, CancellationToken stop)
    {
        var wanted = _wanted.Take();
        if (!all && wanted.Count == 0)
        {
            return 0;
        }

        var answered = false;
        try
        {
            var leftOut = runtime.LeftOut;
            var found = await _calls.MakeAsync(token => runtime.ListAsync(all ? [] : wanted, token), stop).ConfigureAwait(false);
            await _reports.PostAsync(found, wanted, runtime.LeftOut - leftOut, stop).ConfigureAwait(false);
            answered = true;
            _wanted.Answered();
            return all ? found.Count : wanted.Count;
        }
        finally
        {
            if (!answered)
            {
                _wanted.PutBack();
            }
        }
    }

    private void Happened(IContainerRuntime runtime, RuntimeNews news)
    {
        _reports.Post(news);
        if (runtime.HasPodsToRead || _reports.HasPending)
        {
            _wanted.Wake();
        }
    }

    private void Connected(string version, int count)
    {
        _version = version;
        _firstAttemptOver = true;
        Interlocked.Increment(ref _connections);
        _look.Reset();
        _state = RuntimeState.Connected;
        _log.Connected(version, count);
    }

    private void Failed(Exception why, TimeSpan lasted)
    {
        // An endpoint that fails soon after each connection is not retried every half second.
        if (lasted > _options.LongestBackOff)
        {
            _retry.Reset();
        }

        _lastFailure = why is RuntimeException ? why.Message : $"{why.GetType().Name}: {UnixSocketHttp.OneLine(why.Message)}";
        _firstAttemptOver = true;
        Interlocked.Increment(ref _failures);
        _state = RuntimeState.BackOff;
        _log.Failed(_lastFailure);
    }
}

using NetMon.Foundation.Logging;

namespace NetMon.Enrichment.Runtimes;

/// <summary>Logs one line when a runtime is found, one with the reason when it is lost, and one when it is back, rather than one per attempt.</summary>
internal sealed class LinkLog(RuntimeEndpoint endpoint, Logger log)
{
    private bool _saidMissing;
    private bool _saidFailing;
    private bool _wasConnected;

    /// <summary>The socket does not exist, or belongs to another endpoint.</summary>
    public void Missing(TimeSpan lookInterval)
    {
        if (_saidMissing || _wasConnected || endpoint.IsUsualPlace)
        {
            return;
        }

        _saidMissing = true;
        log.Warn(File.Exists(endpoint.SocketPath)
            ? $"runtime {endpoint.Address}: another endpoint names the same socket by another path; this endpoint is not used"
            : $"runtime {endpoint.Address}: no such socket, or no permission to see it; checking again every {lookInterval.TotalSeconds:0.###} s");
    }

    /// <summary>The runtime has returned its version and all its containers.</summary>
    public void Connected(string version, int containers)
    {
        log.Info($"runtime {endpoint.Address}: {(_wasConnected ? "back: " : "")}{version}, {containers} containers");
        (_wasConnected, _saidFailing) = (true, false);
    }

    /// <summary>Connecting failed, or the connection was lost.</summary>
    public void Failed(string why)
    {
        if (!_saidFailing)
        {
            _saidFailing = true;
            log.Warn(_wasConnected
                ? $"runtime {endpoint.Address}: lost: {why}; its new containers have no names until it is back. Retrying automatically."
                : $"runtime {endpoint.Address}: can't be asked for names: {why}. Retrying automatically.");
        }
    }
}

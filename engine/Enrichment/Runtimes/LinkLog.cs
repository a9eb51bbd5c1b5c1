namespace NetMon.Enrichment.Runtimes;

/// <summary>One line when a runtime is found, one when it is lost and why, one when it is back; not one for each attempt.</summary>
internal sealed class LinkLog(RuntimeEndpoint endpoint, Action<string> log)
{
    private bool _saidMissing;
    private bool _saidFailing;
    private bool _wasConnected;

    /// <summary>The socket is not there, or belongs to another endpoint.</summary>
    public void Missing(TimeSpan lookInterval)
    {
        if (_saidMissing || _wasConnected || endpoint.IsUsualPlace)
        {
            return;
        }

        _saidMissing = true;
        log(File.Exists(endpoint.SocketPath)
            ? $"runtime {endpoint.Address}: another endpoint is the same socket by another path; this one is not used"
            : $"runtime {endpoint.Address}: there is no such socket, or no right to see it; it is looked for every {lookInterval.TotalSeconds:0.###} s");
    }

    /// <summary>It told its version and all containers.</summary>
    public void Connected(string version, int containers)
    {
        log($"runtime {endpoint.Address}: {(_wasConnected ? "back: " : "")}{version}, {containers} containers");
        (_wasConnected, _saidFailing) = (true, false);
    }

    /// <summary>It did not come about, or was lost.</summary>
    public void Failed(string why)
    {
        if (!_saidFailing)
        {
            _saidFailing = true;
            log(_wasConnected
                ? $"runtime {endpoint.Address}: lost: {why}; new containers of it have no names until it is back; it is tried again"
                : $"runtime {endpoint.Address}: can't be asked for names: {why}; it is tried again");
        }
    }
}

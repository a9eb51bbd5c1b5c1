namespace NetMon.Enrichment.Runtimes;

/// <summary>Waits that double up to a longest, each a fifth longer or shorter by chance so that agents don't come all at once.</summary>
internal sealed class BackOff
{
    private const double Jitter = 0.2;
    private readonly TimeSpan _first;
    private readonly TimeSpan _longest;
    private TimeSpan _next;

    public BackOff(TimeSpan first, TimeSpan longest) => (_first, _longest, _next) = (first, longest, first);

    /// <summary>The next wait.</summary>
    public TimeSpan Next()
    {
        var wait = _next;
        _next = _next * 2 < _longest ? _next * 2 : _longest;
        return wait * (1 - Jitter + (2 * Jitter * Random.Shared.NextDouble()));
    }

    /// <summary>Starts again with the first.</summary>
    public void Reset() => _next = _first;
}

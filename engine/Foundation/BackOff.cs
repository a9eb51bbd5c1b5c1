namespace NetMon.Foundation;

/// <summary>Delays that double from the first to the longest. Not thread-safe.</summary>
/// <param name="first">The first delay, also after each <see cref="Reset"/>.</param>
/// <param name="longest">The maximum delay, not including jitter.</param>
/// <param name="jitter">The share by which each delay varies randomly, 0 to 1, so that many nodes do not retry at the same time.</param>
public sealed class BackOff(TimeSpan first, TimeSpan longest, double jitter = 0)
{
    private TimeSpan? _next;

    /// <summary>Returns the delay before the next attempt.</summary>
    public TimeSpan Next()
    {
        var wait = _next ?? first;
        _next = wait * 2 < longest ? wait * 2 : longest;
        return jitter == 0 ? wait : wait * (1 - jitter + 2 * jitter * Random.Shared.NextDouble());
    }

    /// <summary>Starts over with the first delay.</summary>
    public void Reset() => _next = null;
}

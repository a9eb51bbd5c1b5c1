namespace NetMon.Foundation;

/// <summary>Waits that double from the first to the longest. Not thread-safe.</summary>
/// <param name="first">The first wait, and the first one after each <see cref="Reset"/>.</param>
/// <param name="longest">The wait does not grow beyond this, apart from the jitter.</param>
/// <param name="jitter">Share by which each wait is randomly longer or shorter, 0 to 1, so that many nodes do not retry at the same moment.</param>
public sealed class BackOff(TimeSpan first, TimeSpan longest, double jitter = 0)
{
    private TimeSpan? _next;

    /// <summary>The wait before the next attempt.</summary>
    public TimeSpan Next()
    {
        var wait = _next ?? first;
        _next = wait * 2 < longest ? wait * 2 : longest;
        return jitter == 0 ? wait : wait * (1 - jitter + 2 * jitter * Random.Shared.NextDouble());
    }

    /// <summary>Starts again with the first wait.</summary>
    public void Reset() => _next = null;
}

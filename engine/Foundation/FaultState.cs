namespace NetMon.Foundation;

/// <summary>Whether a part of the agent is failing, and how often it has failed. Thread-safe.</summary>
/// <param name="part">The part's name in health and metrics, such as json or uploader.</param>
public sealed class FaultState(string part)
{
    private const int LongestWhy = 200;
    private long _count;
    private volatile string? _why;

    /// <summary>The part's name.</summary>
    public string Part => part;

    /// <summary>The number of failures since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Why it is failing; null while it works.</summary>
    public string? Why => _why;

    /// <summary>Records a failure, which lasts until <see cref="Works"/> is called.</summary>
    public void Failed(string why)
    {
        Interlocked.Increment(ref _count);
        _why = why.Length > LongestWhy ? why[..LongestWhy] : why;
    }

    /// <summary>Records that it works again.</summary>
    public void Works()
    {
        if (_why is not null)
        {
            _why = null;
        }
    }
}

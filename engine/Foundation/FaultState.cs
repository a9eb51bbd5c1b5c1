namespace NetMon.Foundation;

/// <summary>Whether one part of the agent fails at present, and how often it has failed. Any thread.</summary>
/// <param name="part">The part's name, for health and metrics: json, uploader.</param>
public sealed class FaultState(string part)
{
    private const int LongestWhy = 200;
    private long _count;
    private volatile string? _why;

    /// <summary>The part's name.</summary>
    public string Part => part;

    /// <summary>How often it has failed since the start.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Why it fails at present; null while it works.</summary>
    public string? Why => _why;

    /// <summary>It has failed, and fails until <see cref="Works"/> is called.</summary>
    public void Failed(string why)
    {
        Interlocked.Increment(ref _count);
        _why = why.Length > LongestWhy ? why[..LongestWhy] : why;
    }

    /// <summary>It works again.</summary>
    public void Works()
    {
        if (_why is not null)
        {
            _why = null;
        }
    }
}

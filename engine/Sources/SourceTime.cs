namespace NetMon.Sources;

/// <summary>A time of a source.</summary>
/// <param name="KtimeNanoseconds">In the clock of the records.</param>
/// <param name="ClockOffsetNanoseconds">The offset to Unix time.</param>
public sealed record SourceTime(ulong KtimeNanoseconds, long ClockOffsetNanoseconds)
{
    /// <summary>Unix nanoseconds.</summary>
    public long UnixNanoseconds => (long)KtimeNanoseconds + ClockOffsetNanoseconds;
}

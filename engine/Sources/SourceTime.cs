namespace NetMon.Sources;

/// <summary>A point in a source's time.</summary>
/// <param name="KtimeNanoseconds">In the clock of the records.</param>
/// <param name="ClockOffsetNanoseconds">What to add to get nanoseconds since 1970.</param>
public sealed record SourceTime(ulong KtimeNanoseconds, long ClockOffsetNanoseconds)
{
    /// <summary>Nanoseconds since 1970.</summary>
    public long UnixNanoseconds => (long)KtimeNanoseconds + ClockOffsetNanoseconds;
}

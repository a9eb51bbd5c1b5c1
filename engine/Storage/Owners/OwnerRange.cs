namespace NetMon.Storage.Owners;

/// <summary>An address and its owner during a time range: a row of a file of owners. Times are Unix microseconds. Immutable.</summary>
/// <param name="Address">As in events.</param>
/// <param name="Name">The owner.</param>
/// <param name="From">Start, inclusive.</param>
/// <param name="To">End, exclusive; null: still current.</param>
internal sealed record OwnerRange(string Address, OwnerName Name, long From, long? To = null)
{
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>Converts Unix nanoseconds to microseconds.</summary>
    public static long Microseconds(long unixNanoseconds) => unixNanoseconds / NanosecondsPerMicrosecond;

    /// <summary>Whether the range overlaps an hour.</summary>
    public bool IsIn(Hour hour) => From < Microseconds(hour.End) && (To is not { } to || to >= Microseconds(hour.Start));

    /// <summary>Whether the other is the same range, possibly with a different end.</summary>
    public bool IsSameAs(OwnerRange other) => Address == other.Address && From == other.From && Name == other.Name;
}

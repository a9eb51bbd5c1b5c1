namespace NetMon.Storage.Owners;

/// <summary>An address and whose it was, from when to when: a row of a file of owners. Times are Unix microseconds. Immutable.</summary>
/// <param name="Address">As events have it.</param>
/// <param name="Name">Whose it was.</param>
/// <param name="From">Since when.</param>
/// <param name="To">Until when, exclusive; null: its owner has it.</param>
internal sealed record OwnerRange(string Address, OwnerName Name, long From, long? To = null)
{
    private const long NanosecondsPerMicrosecond = 1000;

    /// <summary>Unix microseconds of Unix nanoseconds.</summary>
    public static long Microseconds(long unixNanoseconds) => unixNanoseconds / NanosecondsPerMicrosecond;

    /// <summary>Whether any moment of an hour is in it.</summary>
    public bool IsIn(Hour hour) => From < Microseconds(hour.End) && (To is not { } to || to >= Microseconds(hour.Start));

    /// <summary>Whether the other one is the same range, maybe with another end.</summary>
    public bool IsSameAs(OwnerRange other) => Address == other.Address && From == other.From && Name == other.Name;
}

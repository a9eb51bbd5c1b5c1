namespace NetMon.Storage.Owners;

/// <summary>What is to be written of an hour. Immutable.</summary>
/// <param name="Rows">The ranges that any moment of it is in; one or more.</param>
/// <param name="Known">The moment up to which they are known, Unix nanoseconds.</param>
/// <param name="IsOver">Whether it goes to owners/: nothing more will be added.</param>
internal sealed record OwnerSnapshot(IReadOnlyList<OwnerRange> Rows, long Known, bool IsOver);

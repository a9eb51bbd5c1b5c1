namespace NetMon.Storage.Owners;

/// <summary>The content of an hour's file of owners. Immutable.</summary>
/// <param name="Rows">The ranges that overlap the hour; at least one.</param>
/// <param name="Known">The time up to which they are known, Unix nanoseconds.</param>
/// <param name="IsOver">Whether it is final and goes to owners/.</param>
internal sealed record OwnerSnapshot(IReadOnlyList<OwnerRange> Rows, long Known, bool IsOver);

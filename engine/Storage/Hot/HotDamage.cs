namespace NetMon.Storage.Hot;

/// <summary>A stretch of a segment that can't be read.</summary>
/// <param name="Rows">Rows in it; null where that can't be told.</param>
public readonly record struct HotDamage(long? Rows)
{
    /// <summary>Both stretches together.</summary>
    internal static HotDamage Of(HotDamage? before, long? rows) => new(before is { } damage ? damage.Rows + rows : rows);
}

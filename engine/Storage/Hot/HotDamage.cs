namespace NetMon.Storage.Hot;

/// <summary>A damaged range of a segment.</summary>
/// <param name="Rows">Rows in it; null if unknown.</param>
public readonly record struct HotDamage(long? Rows)
{
    /// <summary>Combines two damaged ranges.</summary>
    internal static HotDamage Of(HotDamage? before, long? rows) => new(before is { } damage ? damage.Rows + rows : rows);
}

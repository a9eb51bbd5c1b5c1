namespace NetMon.Storage.Rollups;

/// <summary>Columns that rows were grouped by at once.</summary>
/// <param name="Widths">Bits of each column's values.</param>
internal sealed record GroupedColumns(List<int> Widths)
{
    /// <summary>Each group's values side by side, the last column's in the lowest bits; above them the group before these columns.</summary>
    public long[] Packed { get; init; } = [];
}

namespace NetMon.Storage.Columns;

/// <summary>Which rows of a row group have a value (definition levels); columns that are null together share one.</summary>
internal sealed class Levels
{
    private int[] _levels = [];
    private int _rows;

    public ReadOnlyMemory<int> Rows => _levels.AsMemory(0, _rows);

    public void Add(bool present) => _levels[_rows++] = present ? 1 : 0;

    public void Reserve(int rows) => Array.Resize(ref _levels, rows);

    public void Clear() => _rows = 0;
}

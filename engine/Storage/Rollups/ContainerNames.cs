using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The names of numbered containers: those of a row that has some. Keeps its memory from use to use. One thread.</summary>
internal sealed class ContainerNames
{
    private const uint Unknown = 0;

    private static readonly string[] Columns = ["pod_name", "pod_namespace", "container_name"];

    private readonly DistinctTexts _texts = new();
    private readonly uint[][] _names = [[], [], []];

    /// <summary>Takes the names that a row group has.</summary>
    /// <param name="events">The row group.</param>
    /// <param name="keys">Each row's container, by its number and one; 0: it has none.</param>
    /// <param name="at">The bit from which on keys have it.</param>
    /// <param name="count">How many containers there are.</param>
    public void Read(EventSource events, ReadOnlySpan<UInt128> keys, int at, int count)
    {
        _texts.IndexOf(""u8); // is Unknown
        for (var name = 0; name < Columns.Length; name++)
        {
            if (_names[name].Length < count)
            {
                Array.Resize(ref _names[name], Math.Max(count, 2 * _names[name].Length));
            }

            var column = events.Read(Columns[name]);
            for (var n = 0; n < column.Indices.Length; n++)
            {
                var container = (uint)(keys[column.RowOf(n)] >> at);
                if (container > 0 && _names[name][container - 1] == Unknown)
                {
                    _names[name][container - 1] = _texts.IndexOf(column.Texts[(int)column.Indices[n]]);
                }
            }
        }
    }

    /// <summary>A container's names; valid until the next row group.</summary>
    public RollupNames Of(int container) => new() { PodName = Text(0, container), PodNamespace = Text(1, container), ContainerName = Text(2, container) };

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        _texts.Clear();
        Array.ForEach(_names, Array.Clear);
    }

    private ReadOnlySpan<byte> Text(int name, int container) => _texts.Texts[(int)_names[name][container]];
}

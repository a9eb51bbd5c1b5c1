using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The names of a row group's containers: those of a row that has some. Keeps its memory from row group to row group. One thread.</summary>
internal sealed class ContainerNames
{
    private readonly PlainTexts _podNames = new();
    private readonly PlainTexts _podNamespaces = new();
    private readonly PlainTexts _containerNames = new();
    private int[] _found = [];

    /// <summary>Takes the names of a row group.</summary>
    /// <param name="events">The row group.</param>
    /// <param name="containers">Each row's container, by its number and one; 0: it has none.</param>
    /// <param name="count">How many containers there are.</param>
    public void Read(EventSource events, ReadOnlySpan<uint> containers, int count)
    {
        Read(events, "pod_name", containers, count, _podNames);
        Read(events, "pod_namespace", containers, count, _podNamespaces);
        Read(events, "container_name", containers, count, _containerNames);
    }

    /// <summary>A container's names; valid until the next row group.</summary>
    public RollupNames Of(int container) => new()
    {
        PodName = _podNames[container],
        PodNamespace = _podNamespaces[container],
        ContainerName = _containerNames[container],
    };

    private void Read(EventSource events, string name, ReadOnlySpan<uint> containers, int count, PlainTexts names)
    {
        const int NotFound = -1;
        var column = events.Read(name);
        if (_found.Length < count)
        {
            _found = new int[count];
        }

        _found.AsSpan(0, count).Fill(NotFound);
        for (var n = 0; n < column.Indices.Length; n++)
        {
            var row = column.RowOf(n);
            var index = (int)column.Indices[n];
            if (containers[row] > 0 && (_found[containers[row] - 1] == NotFound || column.Texts[_found[containers[row] - 1]].IsEmpty))
            {
                _found[containers[row] - 1] = index;
            }
        }

        names.Clear();
        for (var container = 0; container < count; container++)
        {
            names.Add(_found[container] == NotFound ? default : column.Texts[_found[container]]);
        }
    }
}

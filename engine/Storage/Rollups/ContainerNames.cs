using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The names of numbered containers, taken from any row that has them. Memory is reused. Not thread-safe.</summary>
internal sealed class ContainerNames
{
    private const uint Unknown = 0;

    private readonly DistinctTexts _texts = new();
    private readonly uint[][] _names = [[], [], [], [], []];

    /// <summary>Adds one kind of name from a row group.</summary>
    /// <param name="name">The kind: 0 pod, 1 namespace, 2 container, 3 workload, 4 workload kind.</param>
    /// <param name="indices">Indices of the rows that have a name; rows of a container are consecutive.</param>
    /// <param name="texts">The dictionary that they refer to.</param>
    /// <param name="containers">The container numbers of the same rows.</param>
    /// <param name="count">The number of containers.</param>
    public void Take(int name, ReadOnlySpan<uint> indices, PlainTexts texts, ReadOnlySpan<uint> containers, int count)
    {
        _texts.IndexOf(""u8); // becomes Unknown
        ref var names = ref _names[name];
        if (names.Length < count)
        {
            Array.Resize(ref names, Math.Max(count, 2 * names.Length));
        }

        var last = (Container: uint.MaxValue, Index: uint.MaxValue);
        for (var n = 0; n < indices.Length; n++)
        {
            var next = (containers[n], indices[n]);
            if (next != last && names[next.Item1] == Unknown)
            {
                names[next.Item1] = _texts.IndexOf(texts[(int)next.Item2]);
            }

            last = next;
        }
    }

    /// <summary>Whether a container lacks a kind of name; makes room for it.</summary>
    /// <param name="name">The kind.</param>
    /// <param name="container">The container's number.</param>
    /// <param name="count">The number of containers.</param>
    public bool Lacks(int name, uint container, int count)
    {
        ref var names = ref _names[name];
        if (names.Length < count)
        {
            Array.Resize(ref names, Math.Max(count, 2 * names.Length));
        }

        return names[container] == Unknown;
    }

    /// <summary>Sets a name of a container.</summary>
    public void Set(int name, uint container, ReadOnlySpan<byte> text)
    {
        _texts.IndexOf(""u8); // becomes Unknown
        _names[name][container] = _texts.IndexOf(text);
    }

    /// <summary>Returns a container's names; valid until the next row group.</summary>
    public RollupNames Of(int container) => new() { PodName = Text(0, container), PodNamespace = Text(1, container), ContainerName = Text(2, container), Workload = Text(3, container), WorkloadKind = Text(4, container) };

    /// <summary>Removes all names.</summary>
    public void Clear()
    {
        _texts.Clear();
        Array.ForEach(_names, Array.Clear);
    }

    private ReadOnlySpan<byte> Text(int name, int container) => container < _names[name].Length ? _texts.Texts[(int)_names[name][container]] : default;
}

using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The names of numbered containers: those of a row that has some. Keeps its memory from use to use. One thread.</summary>
internal sealed class ContainerNames
{
    private const uint Unknown = 0;

    private readonly DistinctTexts _texts = new();
    private readonly uint[][] _names = [[], [], [], [], []];

    /// <summary>Takes one of the names that a row group has.</summary>
    /// <param name="name">Which: 0 for the pod's, 1 for its namespace, 2 for the container's, 3 for the workload's, 4 for its kind.</param>
    /// <param name="indices">Of the rows that have one; rows of a container stand together.</param>
    /// <param name="texts">What they are indices into.</param>
    /// <param name="containers">The containers of the same rows, by their numbers.</param>
    /// <param name="count">How many containers there are.</param>
    public void Take(int name, ReadOnlySpan<uint> indices, PlainTexts texts, ReadOnlySpan<uint> containers, int count)
    {
        _texts.IndexOf(""u8); // is Unknown
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

    /// <summary>Whether a container has no name of a kind; makes room for it.</summary>
    /// <param name="name">Which.</param>
    /// <param name="container">The container.</param>
    /// <param name="count">How many containers there are.</param>
    public bool Lacks(int name, uint container, int count)
    {
        ref var names = ref _names[name];
        if (names.Length < count)
        {
            Array.Resize(ref names, Math.Max(count, 2 * names.Length));
        }

        return names[container] == Unknown;
    }

    /// <summary>Gives a container a name.</summary>
    public void Set(int name, uint container, ReadOnlySpan<byte> text)
    {
        _texts.IndexOf(""u8); // is Unknown
        _names[name][container] = _texts.IndexOf(text);
    }

    /// <summary>A container's names; valid until the next row group.</summary>
    public RollupNames Of(int container) => new() { PodName = Text(0, container), PodNamespace = Text(1, container), ContainerName = Text(2, container), Workload = Text(3, container), WorkloadKind = Text(4, container) };

    /// <summary>Forgets them.</summary>
    public void Clear()
    {
        _texts.Clear();
        Array.ForEach(_names, Array.Clear);
    }

    private ReadOnlySpan<byte> Text(int name, int container) => container < _names[name].Length ? _texts.Texts[(int)_names[name][container]] : default;
}

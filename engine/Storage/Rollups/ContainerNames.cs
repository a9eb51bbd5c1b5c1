using NetMon.Parquet;

namespace NetMon.Storage.Rollups;

/// <summary>The names of numbered containers: those of a row that has some. Keeps its memory from use to use. One thread.</summary>
internal sealed class ContainerNames
{
    private const uint Unknown = 0;

    private readonly DistinctTexts _texts = new();
    private readonly uint[][] _names = [[], [], []];

    /// <summary>Takes one of the names that a row group has.</summary>
    /// <param name="name">Which: 0 for the pod's, 1 for its namespace, 2 for the container's.</param>
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

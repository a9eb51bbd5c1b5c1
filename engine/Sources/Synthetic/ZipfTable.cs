namespace NetMon.Sources.Synthetic;

/// <summary>Draws from a set by Zipf's law: the k-th element is chosen with a frequency proportional to 1/k, within the resolution of the table.</summary>
internal sealed class ZipfTable
{
    private const int Slots = 8192;
    private readonly ushort[] _choices = new ushort[Slots];

    /// <param name="count">The number of elements.</param>
    /// <param name="random">Shuffles the ranks.</param>
    public ZipfTable(int count, ref SyntheticRandom random)
    {
        var ranks = new ushort[count];
        for (var i = 0; i < count; i++)
        {
            var place = random.Below(i + 1);
            (ranks[i], ranks[place]) = (ranks[place], (ushort)i);
        }

        var total = Enumerable.Range(1, count).Sum(rank => 1.0 / rank);
        var (chosen, share) = (0, 1 / total);
        for (var slot = 0; slot < Slots; slot++)
        {
            while ((slot + 0.5) / Slots > share && chosen < count - 1)
            {
                share += 1.0 / (++chosen + 1) / total;
            }

            _choices[slot] = ranks[chosen];
        }
    }

    public int Draw(ref SyntheticRandom random) => _choices[random.Below(Slots)];
}

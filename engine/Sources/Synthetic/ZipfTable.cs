namespace NetMon.Sources.Synthetic;

/// <summary>Draws one of many by Zipf's law: the k-th is chosen with a frequency of 1/k, to the resolution of the table.</summary>
internal sealed class ZipfTable
{
    private const int Slots = 8192;
    private readonly ushort[] _choices = new ushort[Slots];

    /// <param name="count">How many there are to choose from.</param>
    /// <param name="random">Says which is the first, the second...</param>
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

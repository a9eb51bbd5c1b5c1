namespace NetMon.LiveTests.Support;

/// <summary>What counters have grown by over several scrapes, as Prometheus sees it. A series that falls throws.</summary>
/// <param name="prefix">How the names of the counters begin.</param>
internal sealed class SeriesGrowth(string prefix)
{
    private readonly Dictionary<string, double> _grown = [];
    private IReadOnlyDictionary<string, double>? _last;

    /// <summary>Takes the next scrape in. In the first one a series has grown from 0, in a later one a new series has not grown yet.</summary>
    public void Take(Scrape scrape)
    {
        foreach (var (series, value) in scrape.Series.Where(of => of.Key.StartsWith(prefix, StringComparison.Ordinal)))
        {
            var before = _last is null ? 0 : _last.GetValueOrDefault(series, value);
            if (value < before)
            {
                throw new InvalidOperationException($"{series} fell from {before} to {value}");
            }

            _grown[series] = _grown.GetValueOrDefault(series) + value - before;
        }

        _last = scrape.Series;
    }

    /// <summary>The growth of all series of a name with these labels.</summary>
    public double Of(string name, params string[] labels) =>
        _grown.Where(of => of.Key.StartsWith(name + "{", StringComparison.Ordinal) && labels.All(label => of.Key.Contains(label, StringComparison.Ordinal))).Sum(of => of.Value);
}

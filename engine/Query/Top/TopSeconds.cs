using NetMon.Events;

namespace NetMon.Query.Top;

/// <summary>Sums of the last minute by second of the events' time. One thread.</summary>
internal sealed class TopSeconds
{
    /// <summary>The longest window, seconds.</summary>
    public const int Longest = 60;

    private const int Places = 64; // as many seconds are told apart: the window, and what is newer

    private readonly TopSums[] _sums = new TopSums[Places];
    private readonly long[] _seconds = new long[Places];

    /// <summary>The last second in which something happened, since 1970.</summary>
    public long Last { get; private set; }

    public void Add(long second, in ConnectionEvent e)
    {
        var place = (int)(second & (Places - 1));
        if (_seconds[place] != second)
        {
            if (_seconds[place] > second)
            {
                return; // older than what is kept
            }

            (_seconds[place], _sums[place]) = (second, default);
        }

        _sums[place].Add(in e);
        Last = Math.Max(Last, second);
    }

    /// <summary>The sums of so many seconds, of which this is the last.</summary>
    public TopSums Of(long last, int seconds)
    {
        var sums = default(TopSums);
        for (var second = last - seconds + 1; second <= last; second++)
        {
            var place = (int)(second & (Places - 1));
            if (_seconds[place] == second)
            {
                sums.Add(in _sums[place]);
            }
        }

        return sums;
    }
}

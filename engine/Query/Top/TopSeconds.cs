using NetMon.Events;

namespace NetMon.Query.Top;

/// <summary>Sums of the last minute, by second of event time. Not thread-safe.</summary>
internal sealed class TopSeconds
{
    /// <summary>The longest window, in seconds.</summary>
    public const int Longest = 60;

    private const int Places = 64; // the number of seconds kept: the window, and newer ones

    private readonly TopSums[] _sums = new TopSums[Places];
    private readonly long[] _seconds = new long[Places];

    /// <summary>The last second with an event, Unix time.</summary>
    public long Last { get; private set; }

    public void Add(long second, in ConnectionEvent e)
    {
        var place = (int)(second & (Places - 1));
        if (_seconds[place] != second)
        {
            if (_seconds[place] > second)
            {
                return; // too old
            }

            (_seconds[place], _sums[place]) = (second, default);
        }

        _sums[place].Add(in e);
        Last = Math.Max(Last, second);
    }

    /// <summary>Returns the sums of this many seconds, up to and including <paramref name="last"/>.</summary>
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

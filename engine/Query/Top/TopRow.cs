namespace NetMon.Query.Top;

/// <summary>A row for display.</summary>
/// <param name="Name">A text that is safe for a terminal.</param>
/// <param name="Now">The sums of the shortest window.</param>
/// <param name="Ten">The sums of ten seconds.</param>
/// <param name="Minute">The sums of a minute.</param>
internal sealed record TopRow(string Name, TopSums Now, TopSums Ten, TopSums Minute)
{
    public const int TenSeconds = 10;

    public static TopRow Of(string name, TopSeconds seconds, long last, int now) =>
        new(name, seconds.Of(last, now), seconds.Of(last, TenSeconds), seconds.Of(last, TopSeconds.Longest));
}

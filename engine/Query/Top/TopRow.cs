namespace NetMon.Query.Top;

/// <summary>A row as it is shown.</summary>
/// <param name="Name">As it may be written to a terminal.</param>
/// <param name="Now">Of the shortest window.</param>
/// <param name="Ten">Of ten seconds.</param>
/// <param name="Minute">Of a minute.</param>
internal sealed record TopRow(string Name, TopSums Now, TopSums Ten, TopSums Minute)
{
    public const int TenSeconds = 10;

    public static TopRow Of(string name, TopSeconds seconds, long last, int now) =>
        new(name, seconds.Of(last, now), seconds.Of(last, TenSeconds), seconds.Of(last, TopSeconds.Longest));
}

namespace NetMon.LiveTests.Support;

/// <summary>Groups many events into few lines: the count of each description, so that a difference is readable.</summary>
internal static class Counted
{
    public static IReadOnlyList<string> By<T>(IEnumerable<T> items, Func<T, string> describe) =>
        [.. items.GroupBy(describe).Select(group => $"{group.Count()} x {group.Key}").Order(StringComparer.Ordinal)];
}

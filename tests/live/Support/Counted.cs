namespace NetMon.LiveTests.Support;

/// <summary>Many events as few lines: how often each description comes, so that a difference can be read.</summary>
internal static class Counted
{
    public static IReadOnlyList<string> By<T>(IEnumerable<T> items, Func<T, string> describe) =>
        [.. items.GroupBy(describe).Select(group => $"{group.Count()} x {group.Key}").Order(StringComparer.Ordinal)];
}

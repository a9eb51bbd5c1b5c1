using Xunit;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>Number of events of each type per container; "host" stands for none.</summary>
internal static class Tally
{
    public static void AssertEqual(IEnumerable<(string Type, SeenContainer? Container, int Count)> expected, IEnumerable<SeenEvent> seen)
    {
        var wanted = expected.Select(e => $"{e.Count}x {e.Type} of {Show(e.Container)}").Order(StringComparer.Ordinal);
        var counted = seen.GroupBy(e => $"{e.Type} of {Show(e.Container)}").Select(group => $"{group.Count()}x {group.Key}").Order(StringComparer.Ordinal);
        Assert.Equal(string.Join('\n', wanted), string.Join('\n', counted));
    }

    /// <summary>Asserts that there are events and that all name this container.</summary>
    public static void AssertOnly(SeenContainer expected, IEnumerable<SeenEvent> seen)
    {
        var counted = seen.GroupBy(e => Show(e.Container)).Select(group => (Who: group.Key, Count: group.Count())).ToList();
        Assert.True(counted.Count == 1 && counted[0].Who == Show(expected), $"expected {Show(expected)}, seen {string.Join(", ", counted.Select(c => $"{c.Count}x {c.Who}"))}");
    }

    private static string Show(SeenContainer? c) => c is null ? "host" : $"{c.Id} {c.PodNamespace}/{c.PodName} {c.Name} {c.PodUid}".TrimEnd();
}

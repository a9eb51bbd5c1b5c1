using Xunit;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>How many events of each type each container has; "host" stands for none.</summary>
internal static class Tally
{
    public static void AssertEqual(IEnumerable<(string Type, SeenContainer? Container, int Count)> expected, IEnumerable<SeenEvent> seen)
    {
        var wanted = expected.Select(e => $"{e.Count}x {e.Type} of {Show(e.Container)}").Order(StringComparer.Ordinal);
        var counted = seen.GroupBy(e => $"{e.Type} of {Show(e.Container)}").Select(group => $"{group.Count()}x {group.Key}").Order(StringComparer.Ordinal);
        Assert.Equal(string.Join('\n', wanted), string.Join('\n', counted));
    }

    private static string Show(SeenContainer? c) => c is null ? "host" : $"{c.Id} {c.PodNamespace}/{c.PodName} {c.Name} {c.PodUid}".TrimEnd();
}

using System.Text.RegularExpressions;
using NetMon.Bench.Documents;

namespace NetMon.UnitTests.Documents;

/// <summary>A figure of a kind that is measured, and that a document states without a mark.</summary>
/// <param name="Document">Its path, or <see cref="Anywhere"/>.</param>
/// <param name="Text">Number and kind, as <see cref="In"/> returns it.</param>
/// <param name="Reason">Why it needs none: it is no measurement of the present version, or nothing measures it again.</param>
internal sealed partial record UnmarkedFigure(string Document, string Text, string Reason)
{
    /// <summary>Every document.</summary>
    public const string Anywhere = "*";

    private const string Load = "a load that a test or a scenario makes";
    private const string Limit = "a limit of the program";

    public static IReadOnlyList<UnmarkedFigure> Allowed { get; } =
    [
        new(Anywhere, "10,000 per second", Load),
        new("docs/performance.md", "500,000 per second", Load),
        new("docs/reliability.md", "2,000 per second", Load),
        new("docs/reliability.md", "20,000 per second", Load),
        new("docs/reliability.md", "50,000 per second", Load),
        new("docs/reliability.md", "60,000 per second", Load),
        new("docs/shipping.md", "1,000 per second", "an example"),
        new("docs/architecture.md", "2,000 per second", Limit),
        new("docs/performance.md", "12 bytes per event", "an aim"),
        new("docs/performance.md", "1.24 per second", "version 0.1"),
        new("docs/performance.md", "2 us per event", "a property of virtual machines"),
        new("docs/performance.md", "128 bytes per event", "the size of a structure"),
        new("perf/README.md", "177 bytes per event", "the size of a structure"),
    ];

    /// <summary>
    /// Bytes, nanoseconds, microseconds per event, events per second and millicores outside marks, code, and sections that say
    /// <c>&lt;!-- figures by hand: REASON --&gt;</c>; each as "NUMBER KIND".
    /// </summary>
    public static IEnumerable<string> In(string document)
    {
        var text = Code().Replace(ByHand().Replace(FigureDocument.Without(document), "\n"), "\n");
        return Figure().Matches(text).Select(match => $"{match.Groups["number"].Value} {Kind(match)}").Distinct();
    }

    private static string Kind(Match match) => match.Groups["cores"].Success ? "millicores" : match.Groups["rate"].Success ? "per second" : $"{match.Groups["unit"].Value} per event";

    [GeneratedRegex(@"^<!-- figures by hand: [^\n]+ -->$.*?(?=^\#|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex ByHand();

    [GeneratedRegex("^    [^\n]*$", RegexOptions.Multiline)]
    private static partial Regex Code();

    [GeneratedRegex(@"(?<number>\d[\d.,]*\d|\d)(?: million| thousand)? ?(?:(?<unit>bytes|B|ns|us) (?:per|an|for each) event|(?<rate>(?:(?:events|lines|records|rows) )?(?:per|a|each) second|(?:(?:events|lines|records|rows))?/s\b)|(?<cores>millicores))")]
    private static partial Regex Figure();
}

using System.Text.RegularExpressions;

namespace NetMon.LiveTests.Support;

/// <summary>
/// A block of a document that a reader would paste: shell commands or SQL. A comment on the line before it says why it does not run here:
/// <c>&lt;!-- needs: a cluster --&gt;</c>, or <c>&lt;!-- run by: PackageTests --&gt;</c>.
/// </summary>
/// <param name="Document">Path from the root of the repository.</param>
/// <param name="Line">Its first line, from 1.</param>
/// <param name="IsSql">Whether it is SQL.</param>
/// <param name="Text">Without indentation, and without the output shown below commands.</param>
/// <param name="Mark">The text of the comment; null if there is none.</param>
internal sealed partial record DocumentBlock(string Document, int Line, bool IsSql, string Text, string? Mark)
{
    /// <summary>The blocks of a document.</summary>
    public static IEnumerable<DocumentBlock> Of(string root, string document)
    {
        var lines = File.ReadAllLines(Path.Combine(root, document));
        for (var i = 0; i < lines.Length; i++)
        {
            var first = i;
            if (lines[i].StartsWith("```", StringComparison.Ordinal))
            {
                var end = Array.FindIndex(lines, i + 1, line => line.StartsWith("```", StringComparison.Ordinal));
                if (lines[i] is "```sql")
                {
                    yield return new DocumentBlock(document, first + 1, IsSql: true, string.Join('\n', lines[(i + 1)..end]), MarkBefore(lines, first));
                }

                i = end;
            }
            else if (IsIndented(lines[i]) && (i == 0 || !lines[i - 1].StartsWith('|')))
            {
                while (i + 1 < lines.Length && (IsIndented(lines[i + 1]) || (lines[i + 1].Length == 0 && i + 2 < lines.Length && IsIndented(lines[i + 2]))))
                {
                    i++;
                }

                var paragraphs = string.Join('\n', lines[first..(i + 1)].Select(line => line.Length == 0 ? "" : line[4..])).Split("\n\n");
                var commands = paragraphs.TakeWhile(paragraph => Command().IsMatch(paragraph)).ToList();
                if (commands.Count > 0)
                {
                    yield return new DocumentBlock(document, first + 1, IsSql: false, string.Join('\n', commands), MarkBefore(lines, first));
                }
            }
        }
    }

    private static bool IsIndented(string line) => line.StartsWith("    ", StringComparison.Ordinal);

    private static string? MarkBefore(string[] lines, int first)
    {
        var before = first - 1;
        while (before >= 0 && lines[before].Length == 0)
        {
            before--;
        }

        return before >= 0 && MarkLine().Match(lines[before]) is { Success: true } mark ? mark.Groups[1].Value : null;
    }

    [GeneratedRegex("^(?:[A-Z_]+=\\S+ )*(?:(?:bin|ops|tests|perf|artifacts)/\\S+|make|netmon|kubectl|helm|docker|curl|install|setpriv|sudo|git|dotnet|apt-get|systemctl|sed|echo|N)\\b", RegexOptions.CultureInvariant)]
    private static partial Regex Command();

    [GeneratedRegex("^<!-- ((?:needs|run by): .+) -->$", RegexOptions.CultureInvariant)]
    private static partial Regex MarkLine();
}

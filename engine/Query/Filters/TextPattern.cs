using System.Text;
using NetMon.Query.Sql;

namespace NetMon.Query.Filters;

/// <summary>A text that a column is compared with: * stands for any characters, ? for one. Case matters.</summary>
/// <param name="Text">The pattern.</param>
internal sealed record TextPattern(string Text)
{
    private const char Escape = '\\';

    private bool IsExact => Text.AsSpan().IndexOfAny('*', '?') < 0;

    /// <summary>How many characters a text has at least that matches.</summary>
    public int ShortestMatch => Text.Count(c => c != '*');

    /// <summary>The condition that a column matches one of the patterns; NULL for a NULL.</summary>
    /// <param name="column">A column, or another expression that gives a text.</param>
    /// <param name="patterns">At least one.</param>
    public static string AnyOf(string column, IReadOnlyList<TextPattern> patterns)
    {
        // Equality is what row groups and Bloom filters are skipped by.
        string[] exact = [.. patterns.Where(pattern => pattern.IsExact).Select(pattern => SqlText.Quote(pattern.Text))];
        string[] equal = exact switch { [] => [], [var one] => [$"{column} = {one}"], _ => [$"{column} IN ({string.Join(", ", exact)})"] };
        return SqlCondition.Any([.. equal, .. patterns.Where(pattern => !pattern.IsExact).Select(pattern => pattern.Glob(column))]);
    }

    /// <summary>The condition that a column matches.</summary>
    public string Matches(string column) => AnyOf(column, [this]);

    /// <summary>The same pattern behind a text.</summary>
    public TextPattern After(string prefix) => new(prefix + Text);

    private string Glob(string column)
    {
        if (Text[^1] == '*' && Text.AsSpan(0, Text.Length - 1).IndexOfAny('*', '?') < 0)
        {
            return $"starts_with({column}, {SqlText.Quote(Text[..^1])})"; // skips row groups, as LIKE with an ESCAPE does not
        }

        var like = new StringBuilder();
        foreach (var c in Text)
        {
            _ = c switch { '*' => like.Append('%'), '?' => like.Append('_'), '%' or '_' or Escape => like.Append(Escape).Append(c), _ => like.Append(c) };
        }

        return $"{column} LIKE {SqlText.Quote(like.ToString())} ESCAPE '{Escape}'";
    }
}

using System.Text;
using NetMon.Query.Sql;

namespace NetMon.Query.Filters;

/// <summary>A case-sensitive text pattern: * matches any characters, ? matches one.</summary>
/// <param name="Text">The pattern.</param>
internal sealed record TextPattern(string Text)
{
    private const char Escape = '\\';

    private bool IsExact => Text.AsSpan().IndexOfAny('*', '?') < 0;

    /// <summary>The minimum length of a matching text.</summary>
    public int ShortestMatch => Text.Count(c => c != '*');

    /// <summary>Returns the SQL condition that a column matches one of the patterns; NULL for NULL.</summary>
    /// <param name="column">A column, or another expression of type text.</param>
    /// <param name="patterns">At least one.</param>
    public static string AnyOf(string column, IReadOnlyList<TextPattern> patterns)
    {
        // DuckDB skips row groups and uses Bloom filters for equality.
        string[] exact = [.. patterns.Where(pattern => pattern.IsExact).Select(pattern => SqlText.Quote(pattern.Text))];
        string[] equal = exact switch { [] => [], [var one] => [$"{column} = {one}"], _ => [$"{column} IN ({string.Join(", ", exact)})"] };
        return SqlCondition.Any([.. equal, .. patterns.Where(pattern => !pattern.IsExact).Select(pattern => pattern.Glob(column))]);
    }

    /// <summary>Returns the SQL condition that a column matches.</summary>
    public string Matches(string column) => AnyOf(column, [this]);

    /// <summary>Returns the pattern with a prefix.</summary>
    public TextPattern After(string prefix) => new(prefix + Text);

    private string Glob(string column)
    {
        if (Text[^1] == '*' && Text.AsSpan(0, Text.Length - 1).IndexOfAny('*', '?') < 0)
        {
            return $"starts_with({column}, {SqlText.Quote(Text[..^1])})"; // skips row groups, unlike LIKE with ESCAPE
        }

        var like = new StringBuilder();
        foreach (var c in Text)
        {
            _ = c switch { '*' => like.Append('%'), '?' => like.Append('_'), '%' or '_' or Escape => like.Append(Escape).Append(c), _ => like.Append(c) };
        }

        return $"{column} LIKE {SqlText.Quote(like.ToString())} ESCAPE '{Escape}'";
    }
}

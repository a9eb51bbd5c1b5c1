using System.Text;
using System.Text.RegularExpressions;

namespace NetMon.Query.Sql;

/// <summary>The shipped views and macros, schemas/views.sql, by name. Those that a question names are created, and those that these need.</summary>
internal sealed partial class ViewScript
{
    private readonly List<(string Name, string Sql)> _statements = [];

    /// <param name="script">Statements that end in a semicolon at the end of a line; each creates a view or a macro.</param>
    public ViewScript(string script)
    {
        foreach (Match statement in Statement().Matches(script))
        {
            _statements.Add((statement.Groups[1].Value, statement.Value));
        }
    }

    /// <summary>Returns the script embedded in this build.</summary>
    public static ViewScript Shipped()
    {
        using var stream = typeof(ViewScript).Assembly.GetManifestResourceStream("views.sql")
            ?? throw new InvalidOperationException("this build contains no views");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return new ViewScript(reader.ReadToEnd());
    }

    /// <summary>Names, in an order in which they can be created.</summary>
    public IEnumerable<string> Names => _statements.Select(statement => statement.Name);

    /// <summary>Returns the statements that a text needs, in an order in which they can be created. Words that only look like names may add unneeded ones.</summary>
    public List<string> NeededBy(string text)
    {
        var needed = Words(text);
        // A statement's dependencies precede it.
        for (var index = _statements.Count - 1; index >= 0; index--)
        {
            if (needed.Contains(_statements[index].Name))
            {
                needed.UnionWith(Words(_statements[index].Sql));
            }
        }

        return [.. _statements.Where(statement => needed.Contains(statement.Name)).Select(statement => statement.Sql)];
    }

    /// <summary>Returns the words of a text, each of which may be a name. SQL names are case-insensitive.</summary>
    public static HashSet<string> Words(string text) => Word().Matches(text).Select(word => word.Value).ToHashSet(StringComparer.OrdinalIgnoreCase);

    [GeneratedRegex(@"^CREATE OR REPLACE (?:VIEW|MACRO) (\w+).*?;$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Statement();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}

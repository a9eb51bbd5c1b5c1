using System.Reflection;
using System.Text;

namespace NetMon.Query.Report;

/// <summary>
/// The page around a report's data: a single HTML file that loads nothing. Its content security policy permits only its own script and style
/// sheet, by hash. The data is JSON without &lt;, so that no name can close its element.
/// </summary>
internal static class ReportPage
{
    /// <summary>Writes the page.</summary>
    /// <param name="about">The description of the report, as JSON.</param>
    /// <param name="answers">The answers, as the members of a JSON object.</param>
    /// <param name="output">Receives UTF-8.</param>
    public static void Write(string about, string answers, TextWriter output)
    {
        var (script, style) = (Resource("page.js"), Resource("page.css"));
        foreach (var (text, place) in Parts(Resource("page.html")))
        {
            output.Write(text);
            output.Write(place switch
            {
                "script-hash" => Resource("page.js.sha256"),
                "style-hash" => Resource("page.css.sha256"),
                "script" => script,
                "style" => style,
                "data" => Harmless($"{{\"about\":{about},\n\"answers\":{{{answers}}}}}"),
                _ => "",
            });
        }
    }

    /// <summary>Escapes &lt;, which only occurs in texts, so that JSON contains no HTML tags.</summary>
    private static string Harmless(string json) => json.Replace("<", "\\u003c", StringComparison.Ordinal);

    /// <summary>Splits the template at its {places}.</summary>
    private static IEnumerable<(string Text, string Place)> Parts(string template)
    {
        var at = 0;
        while (template.IndexOf('{', at) is var open and >= 0)
        {
            var close = template.IndexOf('}', open);
            yield return (template[at..open], template[(open + 1)..close]);
            at = close + 1;
        }

        yield return (template[at..], "");
    }

    private static string Resource(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name) ?? throw new InvalidOperationException($"this build contains no {name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}

using System.Text.Json;
using System.Text.RegularExpressions;

namespace NetMon.LiveTests.Support;

/// <summary>A page that netmon report wrote, and the data in it.</summary>
internal sealed partial class Report
{
    private Report(string html)
    {
        Html = html;
        Data = JsonDocument.Parse(Island().Match(html).Groups[1].Value).RootElement;
    }

    public string Html { get; }

    public JsonElement Data { get; }

    public static Report Of(string capture, params string[] arguments) => new(Shell.Run(Repository.Agent, ["report", "--capture", capture, .. arguments]).MustSucceed().Output);

    /// <summary>The rows of an answer.</summary>
    public IReadOnlyList<JsonElement> Rows(string answer) => [.. Data.GetProperty("answers").GetProperty(answer).EnumerateArray()];

    /// <summary>The sum of a column of an answer.</summary>
    public long Sum(string answer, int column) => Rows(answer).Sum(row => row[column].GetInt64());

    public string SaveAs(string path)
    {
        File.WriteAllText(path, Html);
        return path;
    }

    [GeneratedRegex("<script type=\"application/json\" id=\"data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex Island();
}

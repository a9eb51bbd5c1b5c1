using System.Globalization;
using System.Text.RegularExpressions;

namespace NetMon.LiveTests.Support;

/// <summary>A response of an agent's --metrics address.</summary>
internal sealed partial class Scrape
{
    private static readonly HttpClient Http = new() { Timeout = Patience.Limit };
    private readonly Dictionary<string, double> _series = [];

    private Scrape(string text)
    {
        Text = text;
        foreach (var line in text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'))
        {
            var space = line.LastIndexOf(' ');
            _series.Add(line[..space], double.Parse(line[(space + 1)..], CultureInfo.InvariantCulture));
        }
    }

    /// <summary>The raw response.</summary>
    public string Text { get; }

    /// <summary>Names with labels, and values.</summary>
    public IReadOnlyDictionary<string, double> Series => _series;

    /// <summary>One series in its written form: netmon_events_total{type="ACCEPT",result="established"}.</summary>
    public double this[string series] => _series.TryGetValue(series, out var value) ? value : throw new KeyNotFoundException($"no series {series} in\n{Text}");

    /// <summary>The sum of all series of a name with these labels, each as written.</summary>
    public double Sum(string name, params string[] labels) =>
        _series.Where(s => (s.Key == name || s.Key.StartsWith(name + "{", StringComparison.Ordinal)) && labels.All(label => s.Key.Contains(label, StringComparison.Ordinal))).Sum(s => s.Value);

    /// <summary>Requests /metrics.</summary>
    public static Scrape Of(AgentProcess agent)
    {
        var (status, body) = Get(agent, "/metrics");
        return status == 200 ? new Scrape(body) : throw new InvalidOperationException($"/metrics answered {status}: {body}");
    }

    /// <summary>Requests any path; returns status and body.</summary>
    public static (int Status, string Body) Get(AgentProcess agent, string path, string method = "GET")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), AddressOf(agent) + path);
        using var response = Http.SendAsync(request).GetAwaiter().GetResult();
        return ((int)response.StatusCode, response.Content.ReadAsStringAsync().GetAwaiter().GetResult());
    }

    /// <summary>The address that the agent reported: http://127.0.0.1:PORT.</summary>
    public static string AddressOf(AgentProcess agent) => Address().Match(agent.Log) is { Success: true } match
        ? match.Groups[1].Value
        : throw new InvalidOperationException($"the agent did not say where its metrics are:\n{agent.Log}");

    [GeneratedRegex("metrics: (http://[^/]+)/metrics")]
    private static partial Regex Address();
}

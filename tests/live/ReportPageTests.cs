using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The page of netmon report in a real browser, without a network. Screenshots are left in artifacts/report-pictures.</summary>
[Trait("suite", "offline")]
public sealed class ReportPageTests : IDisposable
{
    private const string Drawn = "[...document.querySelectorAll('.chart')].filter(chart => chart.querySelectorAll('svg path').length > 5).length";
    private readonly Scratch _scratch = new();

    public ReportPageTests()
    {
        Assert.SkipUnless(Environment.UserName == "root", "needs root, for a network namespace without a network");
        Needs.Program("chromium");
        Needs.Program("unshare");
    }

    private static string Pictures => Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts/report-pictures")).FullName;

    [Fact]
    public void The_page_shows_charts_and_tables_at_every_width_in_light_and_dark_without_errors_or_requests()
    {
        var page = Page(18);
        using var browser = new Browser();
        foreach (var (width, isDark) in from width in (int[])[390, 1280, 1920] from isDark in (bool[])[false, true] select (width, isDark))
        {
            browser.Open(page, width, isDark);
            Assert.Equal(4, browser.Evaluate(Drawn)!.GetValue<int>());
            Assert.True(browser.Evaluate("document.documentElement.scrollWidth")!.GetValue<int>() <= width, $"at {width} it is wider than the screen");
            Assert.True(browser.Evaluate("document.querySelectorAll('tbody tr').length")!.GetValue<int>() > 50);
            Assert.Equal(isDark, browser.Evaluate("getComputedStyle(document.body).backgroundColor")!.GetValue<string>().StartsWith("rgb(1", StringComparison.Ordinal));
            File.WriteAllBytes(Path.Combine(Pictures, $"report-{width}-{(isDark ? "dark" : "light")}.png"), browser.Screenshot(height: width == 390 ? 1700 : 2250));
        }

        Assert.StartsWith("Connections of node-1, node-2, node-3", browser.Evaluate("document.title")!.GetValue<string>(), StringComparison.Ordinal);
        Assert.True(browser.Complaints.Count == 0, string.Join('\n', browser.Complaints));
        Assert.Empty(browser.Requests);
    }

    [Fact]
    public void Three_hundred_workloads_are_grouped_by_namespace_and_link_to_their_neighbours()
    {
        using var browser = new Browser();
        browser.Open(Page(300), 1280);
        int Labels() => browser.Evaluate("document.querySelectorAll('.graph svg text').length")!.GetValue<int>();
        string Crumbs() => browser.Evaluate("document.querySelector('.crumbs').innerText.split(/\\s*\\n\\s*/).join('|')")!.GetValue<string>();
        Assert.InRange(Labels(), 10, 36);
        File.WriteAllBytes(Path.Combine(Pictures, "report-300-workloads.png"), browser.Screenshot());

        browser.Evaluate("{ const one = document.getElementById('namespace'); one.value = 'team-b'; one.dispatchEvent(new Event('change')); }");
        Assert.Contains("team-b", Crumbs(), StringComparison.Ordinal);
        Assert.True(browser.Evaluate("[...document.querySelectorAll('.graph svg text')].some(text => text.textContent.startsWith('team-b/'))")!.GetValue<bool>());
        Assert.InRange(Labels(), 10, 36);

        // Through the table, as a user without a mouse would.
        browser.Evaluate("[...document.querySelectorAll('#flows td .link, #flows th .link')].find(link => link.textContent.startsWith('team-b/')).click()");
        Assert.Contains("team-b/", Crumbs(), StringComparison.Ordinal);
        Assert.True(browser.Evaluate("[...document.querySelectorAll('#flows tbody tr')].every(row => row.innerText.includes(document.getElementById('end').value))")!.GetValue<bool>());

        browser.Evaluate("document.querySelector('#heaviest thead th:nth-child(2) button').click()");
        Assert.Equal("descending", browser.Evaluate("document.querySelector('#heaviest thead th:nth-child(2)').getAttribute('aria-sort')")!.GetValue<string>());
        Assert.True(browser.Complaints.Count == 0, string.Join('\n', browser.Complaints));
    }

    [Fact]
    public void Hostile_names_are_shown_as_text()
    {
        new SampleCapture(_scratch["capture"]).Hour(
            "2026-01-01", 9, [.. ReportTests.Hostile.Select(name => SampleRow.Connect("09:00:00", "refused") with { Process = name, DestinationAddress = name })]);
        var page = Report.Of(_scratch["capture"], "--since", "2026-01-01T08:00:00Z", "--until", "2026-01-01T10:00:00Z").SaveAs(_scratch["hostile.html"]);
        using var browser = new Browser();
        browser.Open(page, 1280);
        Assert.Equal("undefined", browser.Evaluate("typeof window.obeyed")!.GetValue<string>());
        var text = browser.Evaluate("document.body.innerText")!.GetValue<string>();
        Assert.Contains("</script><script>window.obeyed=1</script>", text, StringComparison.Ordinal);
        Assert.Contains("\\u202egnp.exe", text, StringComparison.Ordinal);
        Assert.Contains("a\\u0007\\u001b[2Jb\\u000ac", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', text);

        // The page's policy blocks what such a script would do.
        browser.Evaluate("{ const one = document.createElement('script'); one.textContent = 'window.obeyed = 1'; document.body.append(one); }");
        Assert.Equal("undefined", browser.Evaluate("typeof window.obeyed")!.GetValue<string>());
        Assert.Single(browser.Complaints, complaint => complaint.Contains("Content Security Policy", StringComparison.Ordinal));
        Assert.Single(browser.Complaints);
    }

    [Fact]
    public void The_printed_page_is_light_and_its_charts_fill_the_width()
    {
        using var browser = new Browser();
        browser.Open(Page(18), 1920, isDark: true);
        browser.Evaluate("addEventListener('beforeprint', () => { window.onPaper = [getComputedStyle(document.documentElement).getPropertyValue('--page'), document.querySelector('.chart svg').getAttribute('width')]; })");
        var paper = browser.Pdf();
        Assert.True(paper.AsSpan().StartsWith("%PDF"u8));
        File.WriteAllBytes(Path.Combine(Pictures, "report.pdf"), paper);
        Assert.Equal(["#f6f7f8", "690"], browser.Evaluate("window.onPaper")!.AsArray().Select(value => value!.GetValue<string>()));

        // Back on the screen it looks as before.
        Assert.True(browser.Evaluate("Number(document.querySelector('.graph svg').getAttribute('width')) > 1000")!.GetValue<bool>());
        Assert.True(browser.Complaints.Count == 0, string.Join('\n', browser.Complaints));
    }

    private string Page(int workloads)
    {
        DemoCapture.Write(_scratch["capture"], workloads, connections: 120_000);
        return Report.Of(_scratch["capture"], "--since", DemoCapture.Since, "--until", DemoCapture.Until).SaveAs(_scratch["report.html"]);
    }

    public void Dispose() => _scratch.Dispose();
}

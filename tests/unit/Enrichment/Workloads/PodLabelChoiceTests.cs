using System.Text;
using System.Text.Json;
using NetMon.Enrichment.Workloads;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Workloads;

public sealed class PodLabelChoiceTests
{
    private static readonly Dictionary<string, string> Labels = new()
    {
        ["team"] = "shop",
        ["app.kubernetes.io/name"] = "web",
        ["empty"] = "",
        ["long"] = new string('x', 62) + "é" + "y",
        ["quoted"] = "\"\\\u0001",
    };

    [Theory]
    [InlineData("none", "")]
    [InlineData("team", """{"team":"shop"}""")]
    [InlineData("team, app.kubernetes.io/name,missing,team", """{"team":"shop","app.kubernetes.io/name":"web"}""")]
    [InlineData("app.kubernetes.io/name,team", """{"app.kubernetes.io/name":"web","team":"shop"}""")]
    [InlineData("empty", """{"empty":""}""")]
    [InlineData("missing", "")]
    public void The_chosen_labels_are_an_object_in_the_order_of_the_choice(string choice, string json) =>
        Assert.Equal(json, PodLabelChoice.Parse(choice).Of(Labels));

    [Fact]
    public void A_value_is_cut_between_characters_and_stays_json()
    {
        var read = JsonDocument.Parse(PodLabelChoice.Parse("long,quoted").Of(Labels)).RootElement;

        Assert.Equal(new string('x', 62), read.GetProperty("long").GetString());
        Assert.InRange(Encoding.UTF8.GetByteCount(read.GetProperty("long").GetString()!), 1, PodLabelChoice.LongestValue);
        Assert.Equal("\"\\\u0001", read.GetProperty("quoted").GetString());
    }

    [Theory]
    [InlineData("a,b c")]
    [InlineData("a,,b")]
    [InlineData("-a")]
    [InlineData("/a")]
    [InlineData("UPPER/a")]
    [InlineData("a/b/c")]
    [InlineData("ä")]
    [InlineData("a1,a2,a3,a4,a5,a6,a7,a8,a9,a10,a11,a12,a13,a14,a15,a16,a17")]
    public void An_invalid_label_name_is_refused(string choice) => Assert.Throws<FormatException>(() => PodLabelChoice.Parse(choice));

    [Fact]
    public void Unknown_labels_are_none() => Assert.Equal("", PodLabelChoice.Parse("team").Of<string>(null));
}

using System.Diagnostics;
using System.Text.Json;
using NetMon.LiveTests.Support;
using NJsonSchema;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace NetMon.LiveTests;

/// <summary>
/// ops/shipping: a shipper's input matches the schema of the format, and the output of the one available shipper is complete.
/// </summary>
[Trait("suite", "offline")]
public sealed class ShippingTests : IDisposable
{
    private static readonly string Shipping = Path.Combine(Repository.Root, "ops/shipping");
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("ecs")]
    [InlineData("otel")]
    public async Task Lines_of_a_format_match_its_schema(string format)
    {
        var schema = await JsonSchema.FromFileAsync(Path.Combine(Repository.Root, $"schemas/{format}.schema.json"), TestContext.Current.CancellationToken);
        var lines = Write(format, 3000);
        Assert.Equal(3000, lines.Length);
        Assert.All(lines, line => Assert.Empty(schema.Validate(line)));
        Assert.Contains(lines, line => line.Contains("\"container", StringComparison.Ordinal));
    }

    [Fact]
    public void An_invalid_format_is_refused()
    {
        var result = Shell.Run(Repository.Agent, "run", "--json-format", "xml", "--source", "synthetic:count=1");
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("netmon, ecs, otel", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ecs")]
    [InlineData("netmon")]
    public void Rsyslog_receives_and_parses_every_line(string format)
    {
        Needs.Program("rsyslogd");
        var lines = Write(format, 2000);
        File.WriteAllText(_scratch["rsyslog.conf"], $"global(workDirectory=\"{_scratch.Path}\")\n" + File.ReadAllText(Path.Combine(Shipping, "rsyslog.conf")));
        var start = new ProcessStartInfo("rsyslogd", ["-n", "-f", _scratch["rsyslog.conf"], "-i", _scratch["pid"]]) { RedirectStandardError = true };
        (start.Environment["NETMON_JSON"], start.Environment["NETMON_OUT"]) = (_scratch["events.json"], _scratch["parsed.json"]);
        using var rsyslog = Process.Start(start)!;
        try
        {
            WaitFor.True(() => File.Exists(_scratch["parsed.json"]) && File.ReadAllLines(_scratch["parsed.json"]).Length >= lines.Length, "the parsed lines");
        }
        finally
        {
            rsyslog.Kill();
            rsyslog.WaitForExit();
        }

        var parsed = File.ReadAllLines(_scratch["parsed.json"]);
        Assert.Equal(lines.Length, parsed.Length);
        Assert.All(lines.Zip(parsed), pair => Assert.Equal(Values(pair.First), Values(pair.Second)));
    }

    [Fact]
    public void Every_example_is_valid_and_states_whether_it_was_tested()
    {
        foreach (var file in Directory.GetFiles(Shipping, "*.yaml"))
        {
            using var reader = new StreamReader(file);
            new YamlStream().Load(reader);
        }

        foreach (var file in Directory.GetFiles(Shipping, "*.json", SearchOption.AllDirectories))
        {
            using var parsed = JsonDocument.Parse(File.ReadAllText(file));
        }

        Assert.All(
            Directory.GetFiles(Shipping).Where(file => !file.EndsWith(".json", StringComparison.Ordinal)),
            file => Assert.Matches("(?m)^#.*([Uu]ntested|Tested)", File.ReadAllText(file)));
    }

    [Fact]
    public void The_index_template_has_a_type_for_exactly_the_fields_of_the_format()
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(Path.Combine(Repository.Root, "schemas/ecs.schema.json")));
        using var template = JsonDocument.Parse(File.ReadAllText(Path.Combine(Shipping, "elasticsearch/index-template.json")));
        var fields = schema.RootElement.GetProperty("definitions").EnumerateObject().SelectMany(kind => Fields(kind.Value, "")).Distinct().Order(StringComparer.Ordinal);
        Assert.Equal(fields, Fields(template.RootElement.GetProperty("template").GetProperty("mappings"), "").Order(StringComparer.Ordinal));
    }

    public void Dispose() => _scratch.Dispose();

    private string[] Write(string format, int events)
    {
        Shell.Run(Repository.Agent, "run", "--json", _scratch["events.json"], "--json-format", format, "--node", "n1", "--source", $"synthetic:count={events}").MustSucceed();
        return File.ReadAllLines(_scratch["events.json"]);
    }

    /// <summary>The values of a line sorted by key, because a parser may reorder them.</summary>
    private static string Values(string line)
    {
        using var parsed = JsonDocument.Parse(line);
        return string.Join(' ', Flat(parsed.RootElement, "").Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string> Flat(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Flat(property.Value, $"{path}.{property.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, place) => Flat(item, $"{path}.{place}")),
        _ => [$"{path}={element}"],
    };

    private static IEnumerable<string> Fields(JsonElement element, string path) => element.TryGetProperty("properties", out var properties)
        ? properties.EnumerateObject().SelectMany(property => Fields(property.Value, $"{path}.{property.Name}"))
        : [path];
}

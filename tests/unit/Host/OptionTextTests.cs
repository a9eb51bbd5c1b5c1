using NetMon.Foundation.CommandLines;
using NetMon.Host;
using NetMon.Host.Commands;
using NetMon.Host.Metrics;
using Xunit;

namespace NetMon.UnitTests.Host;

public sealed class OptionTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("1", 1)]
    [InlineData("500ms", 0.5)]
    [InlineData("1.5s", 1.5)]
    [InlineData("5m", 300)]
    [InlineData("2h", 7200)]
    [InlineData("7d", 604_800)]
    public void Times_are_read(string text, double seconds) => Assert.Equal(TimeSpan.FromSeconds(seconds), TimeText.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("ms")]
    [InlineData("-1s")]
    [InlineData("+1s")]
    [InlineData("1 s")]
    [InlineData(" 1s")]
    [InlineData("1S")]
    [InlineData("1w")]
    [InlineData("1h30m")]
    [InlineData("1,5s")]
    [InlineData("1e3s")]
    [InlineData("1..5s")]
    [InlineData("999999999999999999999d")]
    [InlineData("infinity")]
    [InlineData("NaN")]
    public void An_invalid_time_is_null(string text) => Assert.Null(TimeText.Parse(text));

    [Theory]
    [InlineData("127.0.0.1:9464", "127.0.0.1:9464")]
    [InlineData("[::1]:9464", "[::1]:9464")]
    [InlineData(":9464", "[::]:9464")]
    [InlineData("0.0.0.0:0", "0.0.0.0:0")]
    public void Addresses_are_read(string text, string endpoint) => Assert.Equal(endpoint, ListenAddress.Parse("--metrics", text).ToString());

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("9464")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:-1")]
    [InlineData("::1:9464")]
    [InlineData("[::1]")]
    [InlineData("[127.0.0.1]:9464")]
    [InlineData("node:9464")]
    [InlineData(":9464:9464")]
    public void An_address_without_a_port_is_refused(string text) =>
        Assert.StartsWith($"--metrics {text}: ", Assert.Throws<UsageException>(() => ListenAddress.Parse("--metrics", text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--capture", "NETMON_CAPTURE")]
    [InlineData("--accept-owner", "NETMON_ACCEPT_OWNER")]
    public void An_option_has_its_variable(string option, string variable)
    {
        Assert.Equal(variable, EnvironmentOption.VariableOf(option));
        Assert.Equal($"what it is [{variable}]", EnvironmentOption.Create(option, "VALUE", "what it is").Description);
    }

    [Theory]
    [InlineData(null, "fallback")]
    [InlineData("", "fallback")]
    [InlineData("value", "value")]
    public void Without_the_option_its_variable_counts_unless_empty(string? variable, string expected)
    {
        var name = $"--test-{Guid.NewGuid():N}";
        Environment.SetEnvironmentVariable(EnvironmentOption.VariableOf(name), variable);
        var option = EnvironmentOption.Create(name, "VALUE", "", "fallback");
        var command = new System.CommandLine.RootCommand { option };
        Assert.Equal(expected, command.Parse([]).GetValue(option));
        Assert.Equal("given", command.Parse([name, "given"]).GetValue(option));
        Environment.SetEnvironmentVariable(EnvironmentOption.VariableOf(name), null);
    }
}

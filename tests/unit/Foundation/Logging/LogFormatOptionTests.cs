using NetMon.Foundation.Logging;
using Xunit;

namespace NetMon.UnitTests.Foundation.Logging;

public sealed class LogFormatOptionTests
{
    [Theory]
    [InlineData("run", LogFormat.Text)]
    [InlineData("run --log-format json", LogFormat.Json)]
    [InlineData("--log-format=json run", LogFormat.Json)]
    [InlineData("run --log-format:json --nonsense", LogFormat.Json)]
    [InlineData("run --log-format text", LogFormat.Text)]
    [InlineData("run --log-format xml", LogFormat.Text)]
    [InlineData("run --log-format", LogFormat.Text)]
    [InlineData("run --log-formats json", LogFormat.Text)]
    public void The_format_is_known_before_the_command_line_is_parsed(string arguments, LogFormat format) =>
        Assert.Equal(format, LogFormatOption.Of(arguments.Split(' ')));

    [Fact]
    public void Each_format_has_a_name_and_no_other_name_is_valid()
    {
        Assert.All(Enum.GetValues<LogFormat>(), format => Assert.Equal(format, LogFormatOption.Parse(LogFormatOption.WordOf(format))));
        Assert.All((string?[])[null, "", "JSON", "xml", "0"], word => Assert.Null(LogFormatOption.Parse(word)));
    }
}

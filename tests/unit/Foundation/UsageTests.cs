using System.CommandLine;
using NetMon.Foundation.CommandLines;
using Xunit;

namespace NetMon.UnitTests.Foundation;

public sealed class UsageTests
{
    [Theory]
    [InlineData("--x 1: expected 2", "--x 1: expected 2")]
    [InlineData("--x a\nb\tc\u001b[31m: expected 2", "--x a b c [31m: expected 2")]
    public void A_message_is_one_line(string message, string line) => Assert.Equal(line, Usage.OneLine(message));

    [Fact]
    public void A_long_message_keeps_its_start_and_end()
    {
        var line = Usage.OneLine($"--x {new string('v', 5000)}: expected a number from 1 to 9");
        Assert.Equal(200, line.Length);
        Assert.StartsWith("--x vvv", line, StringComparison.Ordinal);
        Assert.EndsWith("v: expected a number from 1 to 9", line, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_value_and_an_unknown_option_are_refused_by_name()
    {
        var command = new RootCommand { new Option<string>("--x"), new Option<string>("--y") { DefaultValueFactory = _ => "" } };
        Assert.Null(RefusalOf(command, "--x", "1"));
        Assert.Equal("--x: the value is empty. See x --help.", RefusalOf(command, "--x", ""));
        Assert.Equal("--x: the value is empty. See x --help.", RefusalOf(command, "--x=", "1"));
        Assert.Contains("--z", RefusalOf(command, "--z"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_at_sign_does_not_read_arguments_from_a_file()
    {
        var option = new Option<string>("--x");
        Assert.Equal("@/etc/passwd", new RootCommand { option }.Parse(["--x", "@/etc/passwd"], Usage.Parser).GetValue(option));
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_path_has_valid_file_names(int length, bool isTaken)
    {
        var path = $"/tmp/{new string('n', length)}/x";
        Assert.Equal(isTaken, Record.Exception(() => Usage.CheckPath("--x", path)) is null);
    }

    [Fact]
    public void A_path_is_no_longer_than_the_kernel_accepts() =>
        Assert.Throws<FormatException>(() => Usage.CheckPath("--x", string.Concat(Enumerable.Repeat("/abc", 1024))));

    private static string? RefusalOf(Command command, params string[] arguments) => Usage.RefusalOf(arguments, command.Parse(arguments, Usage.Parser), "x --help");
}

using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>Impossible requests are refused: one message, the right exit code, no stack trace.</summary>
public sealed class RefusalTests(ITestOutputHelper output)
{
    [Fact]
    public void Without_privileges_it_exits_with_3_and_names_the_missing_ones()
    {
        Needs.Tracing();
        Needs.Program("setpriv");
        var result = Shell.Run("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--reuid=65534", "--regid=65534", "--clear-groups", Repository.Agent, "run", "--duration", "1s");
        AssertRefused(result, "CAP_BPF");
    }

    [Fact]
    public void Without_BTF_it_exits_with_3_and_a_message()
    {
        Needs.Tracing();
        Needs.Program("unshare");
        var result = Shell.Run("unshare", "-m", "/bin/sh", "-c", $"mount -t tmpfs none /sys/kernel/btf && exec {Repository.Agent} run --duration 1s");
        AssertRefused(result, "/sys/kernel/btf/vmlinux");
    }

    [Theory]
    [InlineData("--source", "nothing")]
    [InlineData("--source", "synthetic:rate=x")]
    [InlineData("--duration", "soon")]
    [InlineData("--spine", "magic")]
    [InlineData("--accept-owner", "me")]
    [InlineData("--ring-memory", "0")]
    [InlineData("--nonsense", "1")]
    public void A_wrong_option_exits_with_2_and_its_name(string option, string value)
    {
        var result = Shell.Run(Repository.Agent, "run", option, value);
        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(option, result.Error, StringComparison.Ordinal);
        AssertNoTrace(result.Error);
    }

    [Fact]
    public void An_unusable_capture_directory_or_replay_exits_with_1_and_a_reason()
    {
        foreach (var arguments in (string[][])[["--capture", "/proc/no"], ["--json", "/proc/no/file"], ["--source", "replay:/nonexistent"], ["--source", "replay:/etc/passwd"]])
        {
            string[] source = arguments[0] == "--source" ? [] : ["--source", "synthetic:count=1"];
            var result = Shell.Run(Repository.Agent, ["run", .. source, .. arguments]);
            Assert.Equal(1, result.ExitCode);
            Assert.Contains(arguments[1].Replace("replay:", "", StringComparison.Ordinal), result.Error, StringComparison.Ordinal);
            AssertNoTrace(result.Error);
        }
    }

    [Fact]
    public void Version_and_help_are_on_stdout()
    {
        Assert.Matches(@"^\d+\.\d+\.\d+", Shell.Run(Repository.Agent, "--version").MustSucceed().Output);
        Assert.Contains("--accept-owner", Shell.Run(Repository.Agent, "run", "--help").MustSucceed().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_doctor_passes_on_this_node()
    {
        Needs.Tracing();
        var result = Shell.Run(Repository.Agent, "doctor");
        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Contains("::1 refused: CONNECT outbound", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("✗", result.Output, StringComparison.Ordinal);
        output.WriteLine(VerifiedPrograms.AssertWithinBudget(result.Output));
    }

    private static void AssertRefused(Shell.Result result, string named)
    {
        Assert.Equal(3, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains(named, result.Error, StringComparison.Ordinal);
        Assert.Matches("^[0-9T:.-]+Z error agent: .*\n  what to do: ", result.Error);
        AssertNoTrace(result.Error);
    }

    private static void AssertNoTrace(string error) => Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
}

using NetMon.Host;
using Xunit;

namespace NetMon.UnitTests.Host;

public sealed class SourceSpecTests
{
    [Fact]
    public void Kernel_and_replay_are_read()
    {
        Assert.IsType<SourceSpec.Kernel>(SourceSpec.Parse("kernel"));
        Assert.Equal("/var/log/a:b,c=d", Assert.IsType<SourceSpec.Replay>(SourceSpec.Parse("replay:/var/log/a:b,c=d")).Path);
    }

    [Fact]
    public void Without_settings_the_synthetic_source_has_its_defaults()
    {
        Assert.Equal(new(), Assert.IsType<SourceSpec.Synthetic>(SourceSpec.Parse("synthetic")).Options);
        Assert.Equal(new(), Assert.IsType<SourceSpec.Synthetic>(SourceSpec.Parse("synthetic:")).Options);
    }

    [Fact]
    public void Each_setting_of_the_synthetic_source_is_read()
    {
        var options = Assert.IsType<SourceSpec.Synthetic>(SourceSpec.Parse("synthetic:rate=5,count=0,seed=7,rings=128,containers=10000,churn=3,ahead=100000000")).Options;
        Assert.Equal((5L, 0L, 7UL, 128, 10_000), (options.Rate, options.Count, options.Seed, options.Rings, options.Containers));
        Assert.Equal((3.0, 100_000_000.0), (options.ContainerStartsPerSecond, options.Ahead.TotalSeconds));
    }

    [Fact]
    public void A_node_with_names_has_a_limited_number_of_containers()
    {
        Assert.Equal(3, Assert.IsType<SourceSpec.Synthetic>(SourceSpec.Parse("synthetic:node=3")).Options.Node);
        Assert.Throws<UsageException>(() => SourceSpec.Parse("synthetic:node=0"));
        Assert.Throws<UsageException>(() => SourceSpec.Parse("synthetic:node=8"));
        Assert.Throws<UsageException>(() => SourceSpec.Parse("synthetic:node=1,containers=201"));
        Assert.Throws<UsageException>(() => SourceSpec.Parse("synthetic:containers=0,node=1"));
    }

    [Fact]
    public void The_last_of_a_repeated_setting_counts() =>
        Assert.Equal(2, Assert.IsType<SourceSpec.Synthetic>(SourceSpec.Parse("synthetic:rate=1,rate=2")).Options.Rate);

    [Theory]
    [InlineData("")]
    [InlineData("Kernel")]
    [InlineData("kernel:x")]
    [InlineData("replay")]
    [InlineData("replay:")]
    [InlineData("file:x")]
    [InlineData("synthetic:rate")]
    [InlineData("synthetic:rate=")]
    [InlineData("synthetic:rate=0")]
    [InlineData("synthetic:rate=-1")]
    [InlineData("synthetic:rate=1.5")]
    [InlineData("synthetic:rate= 1")]
    [InlineData("synthetic:count=99999999999999999999")]
    [InlineData("synthetic:rings=0")]
    [InlineData("synthetic:rings=129")]
    [InlineData("synthetic:containers=10001")]
    [InlineData("synthetic:churn=10001")]
    [InlineData("synthetic:ahead=100000001")]
    [InlineData("synthetic:speed=0")]
    [InlineData("synthetic:RATE=1")]
    [InlineData("synthetic:rate=1;count=1")]
    public void An_invalid_source_is_refused_with_the_option_name(string text) =>
        Assert.StartsWith("--source ", Assert.Throws<UsageException>(() => SourceSpec.Parse(text)).Message, StringComparison.Ordinal);
}

using System.Globalization;
using NetMon.Sources.Synthetic;

namespace NetMon.Host;

/// <summary>The value of --source: kernel, replay:FILE or synthetic[:rate=N,count=N,seed=N,rings=N,containers=N,churn=N,ahead=N,speed=N,flow=N,node=N].</summary>
internal abstract record SourceSpec
{
    /// <summary>Events of the running kernel.</summary>
    public sealed record Kernel : SourceSpec;

    /// <summary>Events of a recording.</summary>
    public sealed record Replay(string Path) : SourceSpec;

    /// <summary>Generated events.</summary>
    public sealed record Synthetic(SyntheticSourceOptions Options) : SourceSpec;

    /// <summary>Parses the value. Throws <see cref="UsageException"/>.</summary>
    public static SourceSpec Parse(string text)
    {
        var (kind, rest) = text.Split(':', 2) is [var first, var second] ? (first, second) : (text, "");
        return kind switch
        {
            "kernel" when rest.Length == 0 => new Kernel(),
            "replay" when rest.Length > 0 => new Replay(rest),
            "synthetic" => new Synthetic(ParseSynthetic(rest)),
            _ => throw new UsageException($"--source {text}: it takes kernel, replay:FILE or synthetic[:rate=N,count=N,seed=N,rings=N,containers=N,churn=N,ahead=N,speed=N,flow=N,node=N]"),
        };
    }

    private static SyntheticSourceOptions ParseSynthetic(string text)
    {
        var options = new SyntheticSourceOptions();
        foreach (var setting in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (setting.Split('=', 2) is not [var name, var digits]
                || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value))
            {
                throw new UsageException($"--source synthetic: {setting} is not NAME=NUMBER");
            }

            options = name switch
            {
                "rate" when value > 0 => options with { Rate = value },
                "count" => options with { Count = value },
                "seed" => options with { Seed = (ulong)value },
                "containers" when value <= 10_000 => options with { Containers = (int)value },
                "churn" when value <= 10_000 => options with { ContainerStartsPerSecond = value },
                "ahead" when value <= 100_000_000 => options with { Ahead = TimeSpan.FromSeconds(value) },
                "speed" when value is >= 1 and <= 10_000 => options with { Speed = (int)value },
                "flow" when value <= 65_535 => options with { FlowAfter = (int)value },
                "node" when value is >= 1 and <= SyntheticPods.Nodes => options with { Node = (int)value },
                "rings" when value is >= 1 and <= 128 => options with { Rings = (int)value },
                _ => throw new UsageException($"--source synthetic: {setting}: {RangeOf(name)}"),
            };
        }

        return options is { Node: not null, Containers: < 1 or > SyntheticPods.MostContainers }
            ? throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--source synthetic: with node it takes 1 to {SyntheticPods.MostContainers} containers"))
            : options;
    }

    private static string RangeOf(string name) => name switch
    {
        "rate" => "it takes events per second, 1 or more",
        "containers" => "it takes 0 to 10000 at any time",
        "churn" => "it takes 0 to 10000 starts of containers per second",
        "ahead" => "it takes 0 to 100000000 seconds by which the clock is ahead",
        "speed" => "it takes 1 to 10000 times the clock's usual speed",
        "flow" => "it takes 0 to 65535 events after which an open connection has a FLOW",
        "node" => string.Create(CultureInfo.InvariantCulture, $"it takes 1 to {SyntheticPods.Nodes}, nodes of a cluster with names"),
        "rings" => "it takes 1 to 128",
        _ => "there are rate, count, seed, rings, containers, churn, ahead, speed, flow and node",
    };
}

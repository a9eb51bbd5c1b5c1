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
            _ => throw new UsageException($"--source {text}: expected kernel, replay:FILE or synthetic[:rate=N,count=N,seed=N,rings=N,containers=N,churn=N,ahead=N,speed=N,flow=N,node=N]"),
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
            ? throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"--source synthetic: with node, expected 1 to {SyntheticPods.MostContainers} containers"))
            : options;
    }

    private static string RangeOf(string name) => name switch
    {
        "rate" => "expected events per second, 1 or more",
        "containers" => "expected 0 to 10000 containers",
        "churn" => "expected 0 to 10000 container starts per second",
        "ahead" => "expected 0 to 100000000 seconds by which the clock is ahead",
        "speed" => "expected 1 to 10000 times the normal speed of the clock",
        "flow" => "expected 0 to 65535 events between the FLOWs of an open connection",
        "node" => string.Create(CultureInfo.InvariantCulture, $"expected 1 to {SyntheticPods.Nodes}, a node of the synthetic cluster"),
        "rings" => "expected 1 to 128",
        _ => "expected rate, count, seed, rings, containers, churn, ahead, speed, flow or node",
    };
}

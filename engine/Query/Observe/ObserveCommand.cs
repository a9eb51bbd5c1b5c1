using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Query.Commands;
using NetMon.Query.Filters;

namespace NetMon.Query.Observe;

/// <summary><c>netmon observe</c>: prints events as lines, existing and new ones.</summary>
internal static class ObserveCommand
{
    public const string Name = "observe";

    private const long DefaultLast = 20;

    private static readonly Option<bool> Follow = new("--follow", "-f") { Description = "follow new events, starting now unless --last or --since is given" };

    private static readonly Option<long?> Last = new("--last")
    {
        HelpName = "COUNT",
        Description = $"start with this many of the last events (default: {DefaultLast}; with --since all since then)",
    };

    private static readonly Option<string> Output = new("--output", "-o")
    {
        HelpName = "compact|wide|json",
        Description = "compact fits the terminal's width, wide shows more, json prints the agent's own lines",
        DefaultValueFactory = _ => "compact",
    };

    private static readonly Option<string> Colour = new("--color")
    {
        HelpName = ColourChoice.Words,
        Description = "whether to color the lines; auto: on a terminal, unless NO_COLOR is set",
        DefaultValueFactory = _ => "auto",
    };

    public static Command Create(Logger log)
    {
        var command = new Command(Name, "Show the last events as lines, and follow new ones.") { Follow, Last, Output, Colour };
        FilterOptions.AddTo(command);
        CaptureOptions.AddTo(command);
        Examples.AddTo(
            command,
            "netmon observe -f --namespace shop",
            "netmon observe --last 100 --failed",
            "netmon observe -f --to 10.0.0.5:5432 --min-duration 1s --output json");
        command.SetAction(parsed => CommandEnd.Of(log, () => Run(parsed, log)));
        return command;
    }

    /// <exception cref="FormatException">The command line is wrong.</exception>
    private static void Run(ParseResult parsed, Logger log)
    {
        var capture = CaptureOptions.Read(parsed);
        var filter = FilterOptions.Read(parsed, DateTime.UtcNow);
        var (follow, last) = (parsed.GetValue(Follow), parsed.GetValue(Last));
        if (last < 0)
        {
            throw new FormatException($"{Last.Name} {last}: expected a number of events");
        }

        if (follow && capture.Bucket is not null)
        {
            throw new FormatException($"{Follow.Name}: a bucket has sealed hours only: follow the capture directory of a node");
        }

        if (follow && filter.Until is not null)
        {
            throw new FormatException($"{Follow.Name} and --until: use only one of them");
        }

        var lines = Lines(parsed);
        using var output = Console.OpenStandardOutput();
        using var observation = new Observation(capture, filter, lines, output, log);
        observation.Run(follow, last ?? (filter.Since is not null ? long.MaxValue : follow ? 0 : DefaultLast));
    }

    private static IEventLines Lines(ParseResult parsed)
    {
        var isColoured = ColourChoice.Of(Colour.Name, parsed.GetValue(Colour)!);
        return parsed.GetValue(Output) switch
        {
            "compact" => new CompactLines(Console.IsOutputRedirected || Console.WindowWidth <= 0 ? null : Console.WindowWidth, isColoured),
            "wide" => new WideLines(isColoured),
            "json" => new JsonLines(forTerminal: !Console.IsOutputRedirected),
            var other => throw new FormatException($"{Output.Name} {other}: expected compact, wide or json"),
        };
    }
}

using System.CommandLine;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Query.Commands;
using NetMon.Query.Filters;
using NetMon.Query.Observe;

namespace NetMon.Query.Top;

/// <summary><c>netmon top</c>: shows who opens, fails and transfers most, as a screen or as a table.</summary>
internal static class TopCommand
{
    public const string Name = "top";

    private static readonly Option<string> By = new("--by")
    {
        HelpName = "connections|failures|bytes|latency",
        Description = "sort order of the rows",
        DefaultValueFactory = _ => "connections",
    };

    private static readonly Option<string> Of = new("--of")
    {
        HelpName = "workloads|peers",
        Description = "what a row is: the workload of the processes, or the peer",
        DefaultValueFactory = _ => "workloads",
    };

    private static readonly Option<string> Interval = new("--interval")
    {
        HelpName = "TIME",
        Description = "refresh interval, 1s to 60s; the first window is as long",
        DefaultValueFactory = _ => "1s",
    };

    private static readonly Option<bool> Once = new("--once") { Description = "print one table of the capture's last minute and exit; the default without a terminal" };

    private static readonly Option<string> Colour = new("--color")
    {
        HelpName = ColourChoice.Words,
        Description = "whether to color the table; auto: on a terminal, unless NO_COLOR is set",
        DefaultValueFactory = _ => "auto",
    };

    public static Command Create(Logger log)
    {
        var command = new Command(Name, "Show who connects, fails and transfers most, on a refreshed screen.") { By, Of, Interval, Once, Colour };
        FilterOptions.AddTo(command);
        CaptureOptions.AddTo(command);
        Examples.AddTo(
            command,
            "netmon top",
            "netmon top --by failures --of peers",
            "netmon top --once --namespace shop");
        command.SetAction(parsed =>
        {
            var signal = ExitCode.Success;
            var code = CommandEnd.Of(log, () => signal = Run(parsed, log));
            return code == ExitCode.Success ? signal : code;
        });
        return command;
    }

    /// <exception cref="FormatException">The command line is wrong.</exception>
    private static int Run(ParseResult parsed, Logger log)
    {
        var capture = CaptureOptions.Read(parsed);
        var filter = FilterOptions.Read(parsed, DateTime.UtcNow);
        var order = Word<TopOrder>(By, parsed);
        var subject = Word<TopSubject>(Of, parsed);
        var isColoured = ColourChoice.Of(Colour.Name, parsed.GetValue(Colour)!);
        if (TimeText.Parse(parsed.GetValue(Interval)!) is not { TotalSeconds: >= 1 and <= TopSeconds.Longest } interval)
        {
            throw new FormatException($"{Interval.Name} {parsed.GetValue(Interval)}: expected 1s to {TopSeconds.Longest}s");
        }

        if (capture.Bucket is not null)
        {
            throw new FormatException("a bucket has sealed hours only: use the capture directory of a node");
        }

        using var output = Console.OpenStandardOutput();
        var top = new TopRun(capture, filter, interval, output, isColoured, log);
        return parsed.GetValue(Once) || Console.IsOutputRedirected ? top.Once(order, subject) : top.Screen(new TopState(order, subject));
    }

    private static T Word<T>(Option<string> option, ParseResult parsed)
        where T : struct, Enum
    {
        var text = parsed.GetValue(option)!;
        return Enum.TryParse<T>(text, ignoreCase: true, out var value) && Enum.IsDefined(value) && !char.IsAsciiDigit(text[0]) ? value
            : throw new FormatException($"{option.Name} {text}: expected {option.HelpName!.Replace("|", ", ", StringComparison.Ordinal)}");
    }
}

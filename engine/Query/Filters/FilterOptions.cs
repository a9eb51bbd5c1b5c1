using System.CommandLine;
using NetMon.Events;
using NetMon.Foundation;
using NetMon.Foundation.CommandLines;

namespace NetMon.Query.Filters;

/// <summary>The filter options, common to all commands.</summary>
internal static class FilterOptions
{
    private const int LongestName = 512;
    private const int LongestProcess = 15;
    private const int LargestPid = 1 << 22; // the kernel's PID_MAX_LIMIT

    private static readonly Option<string?> Since = new("--since") { HelpName = "TIME", Description = $"at or after this time: {MomentText.Forms}" };
    private static readonly Option<string?> Until = new("--until") { HelpName = "TIME", Description = "before this time, in the same formats" };
    private static readonly Option<string[]> Node = Many("--node", "NAME", "of this node");
    private static readonly Option<string[]> Namespace = Many("--namespace", "NAME", "of pods in this namespace", "-n");
    private static readonly Option<string[]> Pod = Many("--pod", "[NAMESPACE/]NAME", "of this pod");
    private static readonly Option<string[]> Container = Many("--container", "NAME|ID", "of this container");
    private static readonly Option<string[]> Workload = Many("--workload", "[[KIND/]NAMESPACE/]NAME", "of this workload: shop/web, deployment/shop/web, node/sshd.service");
    private static readonly Option<string[]> Process = Many("--process", "NAME", $"of processes with this name, of which the kernel keeps {LongestProcess} bytes");
    private static readonly Option<string[]> Pid = Many("--pid", "NUMBER", "of the process with this id");
    private static readonly Option<string[]> From = Many("--from", "END", "opened by this end: ADDRESS, ADDRESS:PORT, [IPv6]:PORT, CIDR, :PORT or the name of a pod or workload");
    private static readonly Option<string[]> To = Many("--to", "END", "opened to this end");
    private static readonly Option<string[]> Peer = Many("--peer", "END", "with this end as the peer, whichever side opened the connection");
    private static readonly Option<string[]> Port = Many("--port", "PORT[-PORT]", "to this port of the called side: 443, 8000-8999");
    private static readonly Option<string[]> Type = Many("--type", "connect|accept|close|flow", "events of this type");
    private static readonly Option<string?> Side = new("--direction") { HelpName = "outbound|inbound", Description = "opened by the process, or accepted by it" };
    private static readonly Option<string[]> Result = Many("--result", "RESULT", "attempts with this result: established, refused, timed_out, reset, host_unreachable, net_unreachable, aborted, other");
    private static readonly Option<bool> Failed = new("--failed") { Description = "failed attempts" };
    private static readonly Option<string?> MinDuration = new("--min-duration") { HelpName = "TIME", Description = "connections that lasted at least this long, open ones so far: 500ms, 1s, 5m" };
    private static readonly Option<string?> MinBytes = new("--min-bytes") { HelpName = "SIZE", Description = "connections that transferred at least this much in both directions, open ones so far: 500KiB, 1MiB" };

    /// <summary>All options, in the order of the help.</summary>
    public static IReadOnlyList<Option> All { get; } =
        [Since, Until, Node, Namespace, Pod, Container, Workload, Process, Pid, From, To, Peer, Port, Type, Side, Result, Failed, MinDuration, MinBytes];

    /// <summary>A note in the help, after a command's own options.</summary>
    public const string Note = "Options with several values can be repeated, or take a comma-separated list. * matches any characters, ? matches one, and ! before a value excludes what it matches.";

    /// <summary>Adds the options to a command.</summary>
    public static void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Adds only --since and --until.</summary>
    public static void AddTimesTo(Command command)
    {
        command.Options.Add(Since);
        command.Options.Add(Until);
    }

    /// <summary>Parses --since and --until, UTC; null for an option that was not given.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="now">The current time, UTC.</param>
    /// <exception cref="FormatException">A value is malformed, or the range is empty.</exception>
    public static (DateTime? Since, DateTime? Until) ReadTimes(ParseResult parsed, DateTime now)
    {
        var (since, until) = (Moment(Since), Moment(Until));
        return since >= until ? throw new FormatException($"--since {parsed.GetValue(Since)} --until {parsed.GetValue(Until)}: the period is empty") : (since, until);

        DateTime? Moment(Option<string?> option)
        {
            if (parsed.GetValue(option) is not { } text)
            {
                return null;
            }

            var moment = MomentText.Parse(text, now) ?? throw new FormatException($"{option.Name} {text}: expected a time such as {MomentText.Forms}");
            return moment > now && !text.Contains('-', StringComparison.Ordinal) ? throw new FormatException($"{option.Name} {text}: this time is in the future (it is {now:HH:mm} UTC); add the day: {now.AddDays(-1):yyyy-MM-dd}T{text}") : moment;
        }
    }

    /// <summary>Parses the options.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="now">The current time, UTC.</param>
    /// <exception cref="FormatException">A value is malformed, or nothing can match; the message names the options.</exception>
    public static Filter Read(ParseResult parsed, DateTime now)
    {
        var (since, until) = ReadTimes(parsed, now);
        var types = Values(Type, FilterWords.TypeOf);
        var results = Values(Result, FilterWords.ResultOf);
        var (minDuration, minBytes) = (DurationOf(parsed.GetValue(MinDuration)), BytesOf(parsed.GetValue(MinBytes)));
        var direction = FilterWords.DirectionOf(parsed.GetValue(Side));
        var outcome = new OutcomeFilter(types, direction, results, parsed.GetValue(Failed), minDuration, minBytes);
        outcome.CheckMatches();
        var side = outcome.Side;

        var nodes = Values(Node, Name(Node));
        List<Criterion> criteria = [];
        Add(Namespace, Name(Namespace), values => TextPattern.AnyOf("pod_namespace", values), inOwners: true);
        Add(Pod, text => NamePattern.Of(Checked(Pod, text)), values => SqlCondition.Any([.. values.Select(value => value.IsPod())]), inOwners: true);
        Add(Container, Name(Container), ContainerCondition);
        Add(Workload, text => NamePattern.Of(Checked(Workload, text)), values => SqlCondition.Any([.. values.Select(value => value.IsWorkload())]));
        Add(Process, ProcessPattern, values => TextPattern.AnyOf("process", values));
        AddOfRows(Pid, CriterionKind.Owner, PidOf, values => $"pid IN ({string.Join(", ", values)})", _ => null);
        AddOfRows(From, CriterionKind.Way, End(From), values => Any(values, end => end.IsCaller(side)), values => AnyOrNull(values, end => end.IsCallerInSums(side)));
        AddOfRows(To, CriterionKind.Way, End(To), values => Any(values, end => end.IsCalled(side)), values => AnyOrNull(values, end => end.IsCalledInSums(side)));
        AddOfRows(Peer, CriterionKind.Way, End(Peer), values => Any(values, end => end.IsPeer(side)), values => AnyOrNull(values, end => end.IsPeerInSums(side)));
        AddOfRows(Port, CriterionKind.Way, PortOf, values => Any(values, port => port.Matches("dst_port")), values => Any(values, port => port.Matches("port")));
        criteria.AddRange(outcome.Criteria);
        return new Filter(since, until, nodes.IsEmpty ? null : nodes.Condition(values => TextPattern.AnyOf("node", values)), criteria);

        ValueList<T> Values<T>(Option<string[]> option, Func<string, T> parse) => ValueList<T>.Parse(option.Name, parsed.GetValue(option) ?? [], parse);

        void Add<T>(Option<string[]> option, Func<string, T> parse, Func<IReadOnlyList<T>, string> anyOf, bool inOwners = false)
        {
            var values = Values(option, parse);
            if (!values.IsEmpty)
            {
                var condition = values.Condition(anyOf);
                criteria.Add(new Criterion(option.Name, CriterionKind.Owner, condition, condition, inOwners ? condition : null));
            }
        }

        void AddOfRows<T>(Option<string[]> option, CriterionKind kind, Func<string, T> parse, Func<IReadOnlyList<T>, string> anyOf, Func<IReadOnlyList<T>, string?> anyOfInSums)
        {
            var values = Values(option, parse);
            if (!values.IsEmpty)
            {
                var isInSums = (values.Wanted.Count == 0 || anyOfInSums(values.Wanted) is not null) && (values.Unwanted.Count == 0 || anyOfInSums(values.Unwanted) is not null);
                criteria.Add(new Criterion(option.Name, kind, values.Condition(anyOf), isInSums ? values.Condition(some => anyOfInSums(some)!) : null));
            }
        }
    }

    /// <summary>Returns the options given, except for the times, as they would be written.</summary>
    public static IEnumerable<string> Given(ParseResult parsed) =>
        from option in All
        where option != Since && option != Until
        let result = parsed.GetResult(option)
        where result is { Implicit: false }
        select string.Join(' ', result.Tokens.Select(token => token.Value).Prepend(option.Name));

    private static Option<string[]> Many(string name, string value, string description, params string[] aliases) => new(name, aliases) { HelpName = value, Description = description };

    private static string Any<T>(IReadOnlyList<T> values, Func<T, string> condition) => SqlCondition.Any([.. values.Select(condition)]);

    private static string? AnyOrNull<T>(IReadOnlyList<T> values, Func<T, string?> condition)
    {
        string?[] conditions = [.. values.Select(condition)];
        return Array.IndexOf(conditions, null) < 0 ? SqlCondition.Any(conditions!) : null;
    }

    /// <summary>Matches a container's name, or a prefix of its id, which has 12 characters in JSON lines.</summary>
    private static string ContainerCondition(IReadOnlyList<TextPattern> values) => SqlCondition.Any(
        [TextPattern.AnyOf("container_name", values), .. values.Where(value => value.Text.Length is >= 12 and <= 64 && value.Text.All(char.IsAsciiHexDigitLower)).Select(value => new TextPattern(value.Text + "*").Matches("container_id"))]);

    private static Func<string, TextPattern> Name(Option option) => text => new TextPattern(Checked(option, text));

    private static string Checked(Option option, string text) => text.Length <= LongestName ? text : throw new FormatException($"{option.Name} {text}: too long for a name");

    private static TextPattern ProcessPattern(string text) => new TextPattern(text).ShortestMatch <= LongestProcess ? new TextPattern(text)
        : throw new FormatException($"{Process.Name} {text}: the kernel keeps only {LongestProcess} bytes of a name: use {text[..LongestProcess]}");

    private static int PidOf(string text) => int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var pid) && pid <= LargestPid ? pid
        : throw new FormatException($"{Pid.Name} {text}: expected a process id, up to {LargestPid}");

    private static PortRange PortOf(string text) => PortRange.TryParse(text) ?? throw new FormatException($"{Port.Name} {text}: expected a port or a range such as 443 or 8000-8999");

    private static Func<string, Endpoint> End(Option option) => text =>
    {
        try
        {
            return Endpoint.Parse(Checked(option, text));
        }
        catch (FormatException e)
        {
            throw new FormatException($"{option.Name} {text}: {e.Message}; expected ADDRESS, ADDRESS:PORT, [IPv6]:PORT, CIDR, :PORT or a name");
        }
    };

    private static TimeSpan? DurationOf(string? text) => text is null ? null
        : TimeText.Parse(text) is { } time ? time : throw new FormatException($"{MinDuration.Name} {text}: expected a time such as 500ms, 1s or 5m");

    private static long? BytesOf(string? text) => text is null ? null
        : ByteSize.TryParse(text) is { } bytes ? bytes : throw new FormatException($"{MinBytes.Name} {text}: expected a size such as 4096, 500KiB or 1MiB");
}

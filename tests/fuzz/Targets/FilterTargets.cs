using System.CommandLine;
using NetMon.Foundation.CommandLines;
using NetMon.Query.Filters;

namespace NetMon.Fuzz.Targets;

/// <summary>The filter options.</summary>
internal static class FilterTargets
{
    private static readonly DateTime Now = new(2026, 11, 27, 14, 30, 0, DateTimeKind.Utc);
    private static readonly RootCommand Command = Made();

    /// <summary>A command line, one argument per line: refused in one line, or accepted as conditions with terminated texts.</summary>
    public static void Options(ReadOnlyMemory<byte> input)
    {
        var parsed = Command.Parse(Text.Of(input).Split('\n'), Usage.Parser);
        if (parsed.Errors.Count > 0 || parsed.Action is not null)
        {
            return; // Refused, or the help is printed: then the parser reports no errors, and no option is read.
        }

        try
        {
            var filter = FilterOptions.Read(parsed, Now);
            foreach (var condition in (string?[])[filter.OfEvents, filter.OfEventsAtAnyTime, filter.OfSums, filter.OfOwners, filter.OfProcesses, filter.OfWholeHours])
            {
                if ((condition ?? "").Count(c => c == '\'') % 2 != 0)
                {
                    throw new InvalidOperationException($"a text does not end: {condition}");
                }
            }
        }
        catch (FormatException e)
        {
            if (Usage.OneLine(e.Message).Contains('\n', StringComparison.Ordinal))
            {
                throw new InvalidOperationException("more than one line", e);
            }
        }
    }

    private static RootCommand Made()
    {
        var command = new RootCommand();
        FilterOptions.AddTo(command);
        return command;
    }
}

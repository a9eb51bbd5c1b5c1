using System.CommandLine;
using NetMon.Foundation.CommandLines;
using NetMon.Query.Filters;

namespace NetMon.UnitTests.Query.Filters;

/// <summary>Filters as a command line specifies them.</summary>
internal static class GivenFilter
{
    /// <summary>The current time of the tests.</summary>
    public static readonly DateTime Now = new(2026, 11, 27, 14, 30, 15, DateTimeKind.Utc);

    /// <summary>Parses options.</summary>
    public static Filter Of(params string[] arguments)
    {
        var command = new RootCommand();
        FilterOptions.AddTo(command);
        var parsed = command.Parse(arguments, Usage.Parser);
        Assert(parsed.Errors.Count == 0, string.Join(' ', parsed.Errors.Select(error => error.Message)));
        return FilterOptions.Read(parsed, Now);
    }

    private static void Assert(bool isTrue, string message) => Xunit.Assert.True(isTrue, message);
}

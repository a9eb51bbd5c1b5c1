using System.CommandLine;

namespace NetMon.Query.Commands;

/// <summary>The examples in a command's help.</summary>
internal static class Examples
{
    /// <summary>Adds examples to a command's description.</summary>
    public static void AddTo(Command command, params ReadOnlySpan<string> lines) =>
        command.Description = $"{command.Description}\n\nFor example:\n  {string.Join("\n  ", lines)}";
}

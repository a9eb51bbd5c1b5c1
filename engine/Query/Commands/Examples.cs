using System.CommandLine;

namespace NetMon.Query.Commands;

/// <summary>The command lines that a command's help shows.</summary>
internal static class Examples
{
    /// <summary>Adds them to a command's description.</summary>
    public static void AddTo(Command command, params ReadOnlySpan<string> lines) =>
        command.Description = $"{command.Description}\n\nFor example:\n  {string.Join("\n  ", lines)}";
}

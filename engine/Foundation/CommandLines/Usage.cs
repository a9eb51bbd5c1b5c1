using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;

namespace NetMon.Foundation.CommandLines;

/// <summary>What all programs do alike with a command line that they don't take: one line of bounded length. Any thread.</summary>
public static class Usage
{
    private const int LongestPath = 4095; // PATH_MAX less its zero byte
    private const int LongestName = 255; // NAME_MAX

    // A message names the option and the value first and ends with what the option takes: what is too long is cut between.
    private const int KeptOfStart = 80;
    private const int KeptOfEnd = 119;

    /// <summary>How arguments are parsed: @ before a value is a character like any other, and no file to read arguments from.</summary>
    public static ParserConfiguration Parser => new() { ResponseFileTokenReplacer = null };

    /// <summary>Why a command line can't be understood; null if it can.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="parsed">The same, parsed.</param>
    /// <param name="help">The command that prints the help.</param>
    public static string? RefusalOf(IReadOnlyList<string> arguments, ParseResult parsed, string help)
    {
        // For --option= the parser takes the next argument as the value.
        var empty = arguments.Where(IsOptionWithoutValue).Select(argument => argument[..^1])
            .Concat(OptionsOf(parsed.CommandResult).Where(option => option.Tokens.Any(token => token.Value.Length == 0)).Select(option => option.Option.Name))
            .Select(name => $"{name}: its value is empty.");
        string[] reasons = [.. empty, .. parsed.Errors.Select(error => error.Message)];
        return reasons.Length == 0 ? null : $"{OneLine(string.Join(' ', reasons))} See {help}.";
    }

    /// <summary>A message as one line of at most 200 characters.</summary>
    public static string OneLine(string message)
    {
        var line = new StringBuilder(message.Trim());
        for (var index = 0; index < line.Length; index++)
        {
            line[index] = char.IsControl(line[index]) ? ' ' : line[index];
        }

        return line.Length <= KeptOfStart + 1 + KeptOfEnd ? line.ToString() : $"{line.ToString(0, KeptOfStart)}…{line.ToString(line.Length - KeptOfEnd, KeptOfEnd)}";
    }

    /// <summary>Refuses what no file or directory can be called.</summary>
    /// <exception cref="FormatException">It is too long; the message names the option.</exception>
    public static void CheckPath(string option, string path)
    {
        if (Encoding.UTF8.GetByteCount(path) > LongestPath || path.Split('/').Any(name => Encoding.UTF8.GetByteCount(name) > LongestName))
        {
            throw new FormatException($"{option} {path}: it takes a path of up to {LongestPath} bytes, with names of up to {LongestName}");
        }
    }

    private static bool IsOptionWithoutValue(string argument) =>
        argument.Length > 3 && argument.StartsWith("--", StringComparison.Ordinal) && (argument[^1] is '=' or ':') && argument[2..^1].All(letter => char.IsAsciiLetter(letter) || letter == '-');

    private static IEnumerable<OptionResult> OptionsOf(CommandResult command) => command.Children.OfType<OptionResult>();
}

using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;

namespace NetMon.Foundation.CommandLines;

/// <summary>Handling of invalid command lines, common to all programs: one line of bounded length. Thread-safe.</summary>
public static class Usage
{
    private const int LongestPath = 4095; // PATH_MAX without the zero byte
    private const int LongestName = 255; // NAME_MAX

    // A message starts with the option and the value and ends with the accepted values: if too long, it is cut in between.
    private const int KeptOfStart = 80;
    private const int KeptOfEnd = 119;

    /// <summary>The parser's configuration: a leading @ is an ordinary character and does not refer to a file of arguments.</summary>
    public static ParserConfiguration Parser => new() { ResponseFileTokenReplacer = null };

    /// <summary>Returns why a command line is invalid; null if it is valid.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="parsed">The parsed command line.</param>
    /// <param name="help">The command that prints the help.</param>
    public static string? RefusalOf(IReadOnlyList<string> arguments, ParseResult parsed, string help)
    {
        // For --option= the parser takes the next argument as the value.
        var empty = arguments.Where(IsOptionWithoutValue).Select(argument => argument[..^1])
            .Concat(OptionsOf(parsed.CommandResult).Where(option => option.Tokens.Any(token => token.Value.Length == 0)).Select(option => option.Option.Name))
            .Select(name => $"{name}: the value is empty.");
        string[] reasons = [.. empty, .. parsed.Errors.Select(error => error.Message)];
        return reasons.Length == 0 ? null : $"{OneLine(string.Join(' ', reasons))} See {help}.";
    }

    /// <summary>Returns a message as one line of at most 200 characters.</summary>
    public static string OneLine(string message)
    {
        var line = new StringBuilder(message.Trim());
        for (var index = 0; index < line.Length; index++)
        {
            line[index] = char.IsControl(line[index]) ? ' ' : line[index];
        }

        return line.Length <= KeptOfStart + 1 + KeptOfEnd ? line.ToString() : $"{line.ToString(0, KeptOfStart)}…{line.ToString(line.Length - KeptOfEnd, KeptOfEnd)}";
    }

    /// <summary>Rejects paths that no file or directory can have.</summary>
    /// <exception cref="FormatException">The path is too long; the message names the option.</exception>
    public static void CheckPath(string option, string path)
    {
        if (Encoding.UTF8.GetByteCount(path) > LongestPath || path.Split('/').Any(name => Encoding.UTF8.GetByteCount(name) > LongestName))
        {
            throw new FormatException($"{option} {path}: expected a path of up to {LongestPath} bytes, with names of up to {LongestName}");
        }
    }

    private static bool IsOptionWithoutValue(string argument) =>
        argument.Length > 3 && argument.StartsWith("--", StringComparison.Ordinal) && (argument[^1] is '=' or ':') && argument[2..^1].All(letter => char.IsAsciiLetter(letter) || letter == '-');

    private static IEnumerable<OptionResult> OptionsOf(CommandResult command) => command.Children.OfType<OptionResult>();
}

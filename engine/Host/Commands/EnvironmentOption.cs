using System.CommandLine;

namespace NetMon.Host.Commands;

/// <summary>Options with a text value that default to an environment variable: --capture to NETMON_CAPTURE.</summary>
internal static class EnvironmentOption
{
    /// <summary>Creates the option; its description names the variable, and the help adds the default.</summary>
    public static Option<string?> Create(string name, string valueName, string description, string? fallback = null)
    {
        var variable = VariableOf(name);
        return new Option<string?>(name)
        {
            HelpName = valueName,
            Description = $"{description} [{variable}]",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : fallback,
        };
    }

    /// <summary>Returns the variable of an option: NETMON_ACCEPT_OWNER for --accept-owner.</summary>
    public static string VariableOf(string option) => "NETMON_" + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();
}

using System.CommandLine;

namespace NetMon.Host.Commands;

/// <summary>Options that take a text and fall back to an environment variable: --capture to NETMON_CAPTURE.</summary>
internal static class EnvironmentOption
{
    /// <summary>Makes the option; its description names the variable; the help adds the default.</summary>
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

    /// <summary>--accept-owner becomes NETMON_ACCEPT_OWNER.</summary>
    public static string VariableOf(string option) => "NETMON_" + option.TrimStart('-').Replace('-', '_').ToUpperInvariant();
}

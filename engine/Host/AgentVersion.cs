using System.Reflection;

namespace NetMon.Host;

/// <summary>This build's version, as <c>--version</c> prints it.</summary>
internal static class AgentVersion
{
    public static string Text { get; } =
        typeof(AgentVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}

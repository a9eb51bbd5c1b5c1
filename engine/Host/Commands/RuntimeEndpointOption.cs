using System.CommandLine;
using NetMon.Enrichment.Runtimes;

namespace NetMon.Host.Commands;

/// <summary><c>--runtime-endpoint</c>, common to several commands.</summary>
internal static class RuntimeEndpointOption
{
    public static Option<string?> Create(string description) => EnvironmentOption.Create("--runtime-endpoint", "LIST", description);

    /// <summary>Parses the endpoints, or the fallback if none were given. Throws <see cref="UsageException"/>.</summary>
    public static IReadOnlyList<RuntimeEndpoint> Read(string? text, string fallback)
    {
        try
        {
            return RuntimeEndpoint.ParseList(text ?? fallback);
        }
        catch (FormatException e)
        {
            throw new UsageException($"--runtime-endpoint: {e.Message}");
        }
    }
}

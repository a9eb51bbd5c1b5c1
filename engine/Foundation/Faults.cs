using System.Collections.Concurrent;

namespace NetMon.Foundation;

/// <summary>
/// The parts of the agent that may fail while the rest works. Health and metrics report them; they are not a reason to end the agent.
/// Thread-safe.
/// </summary>
public sealed class Faults
{
    private readonly ConcurrentDictionary<string, FaultState> _parts = new(StringComparer.Ordinal);

    /// <summary>All parts so far, by name.</summary>
    public IReadOnlyList<FaultState> All => [.. _parts.Values.OrderBy(part => part.Part, StringComparer.Ordinal)];

    /// <summary>Returns the state of a part, created on first use.</summary>
    public FaultState Of(string part) => _parts.GetOrAdd(part, static name => new FaultState(name));
}

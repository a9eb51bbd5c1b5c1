using System.Collections.Concurrent;

namespace NetMon.Foundation;

/// <summary>
/// The parts of the agent that may fail while the rest goes on. Health and metrics report them; they are no reason to end
/// the agent. Any thread.
/// </summary>
public sealed class Faults
{
    private readonly ConcurrentDictionary<string, FaultState> _parts = new(StringComparer.Ordinal);

    /// <summary>All parts so far, by name.</summary>
    public IReadOnlyList<FaultState> All => [.. _parts.Values.OrderBy(part => part.Part, StringComparer.Ordinal)];

    /// <summary>The state of a part, made when it is first asked for.</summary>
    public FaultState Of(string part) => _parts.GetOrAdd(part, static name => new FaultState(name));
}

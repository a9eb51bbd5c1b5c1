using System.Text;
using NetMon.Events;

namespace NetMon.Enrichment;

/// <summary>The node's systemd units, with one identity each. Bounded. For the directory's thread.</summary>
internal sealed class KnownUnits
{
    /// <summary>The maximum number of units; a node has some hundreds.</summary>
    private const int Most = 4096;

    private readonly Dictionary<string, ContainerIdentity> _units = new(StringComparer.Ordinal);

    /// <summary>Returns the identity for a unit's processes; null for an empty name.</summary>
    public ContainerIdentity? Of(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty)
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(name);
        if (!_units.TryGetValue(text, out var unit))
        {
            if (_units.Count == Most)
            {
                _units.Clear();
            }

            unit = new ContainerIdentity("", Workload: $"node/{text}", WorkloadKind: WorkloadKinds.SystemdUnit);
            _units.Add(text, unit);
        }

        return unit;
    }
}

namespace NetMon.Enrichment.Peers;

/// <summary>Maps ports on the nodes' addresses to Services. One thread writes; any thread may read.</summary>
internal sealed class NodePorts
{
    private readonly Dictionary<string, IReadOnlyList<int>> _portsOf = new(StringComparer.Ordinal);
    private ServiceFacts?[]? _services;

    /// <summary>Returns the Service of a port; null if there is none.</summary>
    public ServiceFacts? At(int port) => Volatile.Read(ref _services) is { } services ? Volatile.Read(ref services[port]) : null;

    /// <summary>Sets all ports of a Service.</summary>
    public void Set(string key, ServiceFacts service, IReadOnlyList<int> ports)
    {
        Remove(key);
        if (ports.Count > 0)
        {
            var services = _services ?? new ServiceFacts?[ushort.MaxValue + 1];
            foreach (var port in ports.Where(port => port is > 0 and <= ushort.MaxValue))
            {
                Volatile.Write(ref services[port], service);
            }

            _portsOf[key] = ports;
            Volatile.Write(ref _services, services);
        }
    }

    /// <summary>Removes a Service.</summary>
    public void Remove(string key)
    {
        if (_portsOf.Remove(key, out var ports))
        {
            foreach (var port in ports.Where(port => port is > 0 and <= ushort.MaxValue))
            {
                Volatile.Write(ref _services![port], null);
            }
        }
    }
}

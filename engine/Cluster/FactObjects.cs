using System.Net;
using NetMon.Cluster.Changes;

namespace NetMon.Cluster;

/// <summary>Assembles objects from lines of <see cref="FactProtocol"/>. A malformed line is counted, and the object that contains it is left out. Not thread-safe.</summary>
/// <param name="status">Receives the state of the watches, and counts of malformed input.</param>
internal sealed class FactObjects(ClusterStatus status)
{
    private readonly List<IPAddress> _addresses = [];
    private readonly List<ServicePort> _ports = [];
    private readonly List<SliceEndpoint> _endpoints = [];
    private readonly List<IPNetwork> _ranges = [];
    private readonly NamePool _names = new();
    private ClusterKind? _kind; // of the current object; null: none
    private string _namespace = "";
    private string _name = "";
    private string _more = ""; // a slice's Service, or a node's zone
    private bool _isSpoiled;

    /// <summary>Records a line that is too long.</summary>
    public void Spoil()
    {
        status.CountMalformed();
        _isSpoiled = true;
    }

    /// <summary>Processes the next line, without its newline; returns the change that it completes, if any.</summary>
    public ClusterChange? Take(ReadOnlySpan<byte> line)
    {
        var words = new LineWords(line);
        var verb = words.Next();
        if (System.Text.Ascii.Equals(verb, FactProtocol.Done))
        {
            return words.IsOver && _kind is { } kind ? Complete(kind) : Refuse();
        }

        if (_kind is null)
        {
            return TakeOutside(verb, ref words);
        }

        if (!TakeFact(verb, ref words))
        {
            Spoil();
        }

        return null;
    }

    private ClusterChange? TakeOutside(ReadOnlySpan<byte> verb, ref LineWords words)
    {
        if (System.Text.Ascii.Equals(verb, FactProtocol.Service))
        {
            return Begin(ClusterKind.Services, words.Name(_names), words.Name(_names), "", words.IsOver);
        }

        if (System.Text.Ascii.Equals(verb, FactProtocol.Slice))
        {
            return Begin(ClusterKind.Slices, words.Name(_names), words.Name(null), words.NameOrNothing(_names), words.IsOver);
        }

        if (System.Text.Ascii.Equals(verb, FactProtocol.Node))
        {
            return Begin(ClusterKind.Nodes, "", words.Name(_names), words.NameOrNothing(_names), words.IsOver);
        }

        if (FactProtocol.KindOf(words.Next()) is not { } kind)
        {
            return Refuse();
        }

        if (System.Text.Ascii.Equals(verb, FactProtocol.State))
        {
            return status.TryTakeState(kind, ref words) ? null : Refuse();
        }

        if (System.Text.Ascii.Equals(verb, FactProtocol.Why))
        {
            status.TakeWhy(kind, words.Rest);
            return null;
        }

        ClusterChange? change = System.Text.Ascii.Equals(verb, FactProtocol.Begin) ? new ListBegins(kind)
            : System.Text.Ascii.Equals(verb, FactProtocol.End) ? new ListEnds(kind)
            : System.Text.Ascii.Equals(verb, FactProtocol.Remove) && words.NameOrNothing(_names) is { } space && words.Name(null) is { } name ? new ObjectGone(kind, space, name)
            : null;
        return change is not null && words.IsOver ? change : Refuse();
    }

    private ClusterChange? Begin(ClusterKind kind, string? space, string? name, string? more, bool isOver)
    {
        _addresses.Clear();
        _ports.Clear();
        _endpoints.Clear();
        _ranges.Clear();
        (_kind, _namespace, _name, _more, _isSpoiled) = (kind, space ?? "", name ?? "", more ?? "", false);
        if (space is null || name is null || more is null || !isOver)
        {
            Spoil();
        }

        return null;
    }

    private bool TakeFact(ReadOnlySpan<byte> verb, ref LineWords words)
    {
        if (_addresses.Count + _ports.Count + _endpoints.Count + _ranges.Count >= FactProtocol.MaxFacts)
        {
            return false;
        }

        if (System.Text.Ascii.Equals(verb, FactProtocol.Endpoint) && _kind == ClusterKind.Slices)
        {
            if (words.Address() is not { } address || words.NameOrNothing(null) is not { } pod || words.NameOrNothing(_names) is not { } node || words.NameOrNothing(_names) is not { } zone)
            {
                return false;
            }

            _endpoints.Add(new SliceEndpoint(address, pod, node, zone));
        }
        else if (System.Text.Ascii.Equals(verb, FactProtocol.Port) && _kind != ClusterKind.Nodes)
        {
            if (words.Number() is not (>= 1 and <= ushort.MaxValue and var port) || words.Number() is not (>= 0 and <= ushort.MaxValue and var nodePort))
            {
                return false;
            }

            _ports.Add(new ServicePort((ushort)port, (ushort)nodePort));
        }
        else if (System.Text.Ascii.Equals(verb, FactProtocol.Address) && _kind != ClusterKind.Slices && words.Address() is { } own)
        {
            if (!_addresses.Contains(own)) // clusterIP is also the first of clusterIPs
            {
                _addresses.Add(own);
            }
        }
        else if (System.Text.Ascii.Equals(verb, FactProtocol.Range) && _kind == ClusterKind.Nodes && words.Network() is { } range)
        {
            if (!_ranges.Contains(range)) // podCIDR is also the first of podCIDRs
            {
                _ranges.Add(range);
            }
        }
        else
        {
            return false;
        }

        return words.IsOver;
    }

    private ClusterChange? Complete(ClusterKind kind)
    {
        _kind = null;
        if (_isSpoiled)
        {
            status.CountLeftOut();
            return null;
        }

        return kind switch
        {
            ClusterKind.Services => new ServiceSeen(_namespace, _name, [.. _addresses], [.. _ports]),
            ClusterKind.Slices => new SliceSeen(_namespace, _name, _more, [.. _endpoints.DistinctBy(endpoint => endpoint.Address)], [.. _ports.Select(port => port.Number)]),
            _ => new NodeSeen(_name, _more, [.. _addresses], [.. _ranges]),
        };
    }

    private ClusterChange? Refuse()
    {
        Spoil();
        return null;
    }
}

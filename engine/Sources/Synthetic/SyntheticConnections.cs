using NetMon.Events;

namespace NetMon.Sources.Synthetic;

/// <summary>
/// Generates the events of the standard node one by one, from a seed. Of its connections 40 % are outbound, 30 % inbound, and 30 % have both ends
/// on the node; 3 % of the attempts fail. Durations are drawn in events rather than seconds, so that a seed generates the same events at any
/// rate: at 10,000 events/s 0.3 ms to 19 s, half of them below 80 ms. Each end of a connection has its own id.
/// </summary>
internal sealed class SyntheticConnections
{
    private const int DurationBits = 16;
    private const int Turns = 1 << DurationBits; // also the maximum number of open connections: each turn opens at most one
    private const int FailedPercent = 3;
    private const int PlacesOfHost = 200; // without containers
    private const int Nobody = -1;
    private const int Processors = 2; // that assign connection ids, each in batches as the kernel does
    private const ulong IdBatch = 4096;

    // errno of ECONNREFUSED, ETIMEDOUT, EHOSTUNREACH (asm-generic/errno.h), weighted by frequency, and their latencies.
    private static readonly (uint Error, ulong Nanoseconds)[] Failures =
        [(111, 60_000), (111, 250_000), (111, 900_000), (110, 134_000_000_000), (113, 3_100_000_000)];

    private readonly SyntheticNode _node;
    private readonly SyntheticContainers _containers;
    private readonly int _places;
    private readonly int _flowTurns;
    private readonly ulong[] _ids = new ulong[Processors];
    private readonly ZipfTable _servers;
    private readonly ZipfTable _remotes;
    private readonly SyntheticConnection[] _open = new SyntheticConnection[Turns + 2];
    private readonly int[] _due = new int[Turns]; // by turn: the first connection that has an event then
    private SyntheticRandom _random;
    private ConnectionRecord _record;
    private int _free = Nobody;
    private int _used; // the rest of the memory is not touched
    private int _turn;
    private ushort _port;

    /// <param name="seed">The same seed generates the same events.</param>
    /// <param name="containers">The containers of the processes.</param>
    /// <param name="flowTurns">An open connection has a FLOW after this many events, repeatedly; 0: never.</param>
    /// <param name="node">See <see cref="SyntheticNode"/>.</param>
    public SyntheticConnections(ulong seed, SyntheticContainers containers, int flowTurns, int? node)
    {
        (_containers, _random, _flowTurns) = (containers, new SyntheticRandom(seed), flowTurns);
        _places = containers.Count > 0 ? containers.Count : PlacesOfHost;
        _node = new SyntheticNode(_places, node);
        _servers = new ZipfTable(_places, ref _random);
        _remotes = new ZipfTable(SyntheticNode.Remotes, ref _random);
        Array.Fill(_due, Nobody);
        _record.Size = ConnectionRecord.ByteSize;
        _record.Version = ConnectionRecord.CurrentVersion;
    }

    /// <summary>Returns the next event, with this time. The reference is valid until the next call.</summary>
    public ref ConnectionRecord Next(ulong ktime)
    {
        _record.KtimeNanoseconds = ktime;
        var place = _turn & (Turns - 1);
        var due = _due[place];
        if (due == Nobody)
        {
            _turn++;
            Begin(ktime);
        }
        else
        {
            _due[place] = _open[due].Next;
            Continue(due, ktime);
        }

        return ref _record;
    }

    private void Begin(ulong ktime)
    {
        var share = _random.Below(100);
        var open = new SyntheticConnection
        {
            Client = share < 70 ? (short)_random.Below(_places) : (short)Nobody,
            Server = share >= 40 ? (short)_servers.Draw(ref _random) : (short)Nobody,
            Port = (ushort)(32_768 + _port++ % 28_232), // ip_local_port_range
            Since = ktime,
        };
        open.Remote = open.Client == Nobody || open.Server == Nobody ? (short)_remotes.Draw(ref _random) : (short)Nobody;
        (open.ClientCgroup, open.ServerCgroup) = (CgroupOf(open.Client), CgroupOf(open.Server));
        (open.ClientId, open.ServerId) = (open.Client == Nobody ? 0 : NextId(open.Port), open.Server == Nobody ? 0 : NextId(open.Port));
        open.AcceptLatency = 5_000 + 1_000u * (open.Port % 64u);
        if (open.Client == Nobody)
        {
            Tell(in open, RecordKind.Accept, Direction.Inbound);
        }
        else
        {
            var failed = _random.Below(100) < FailedPercent;
            var trip = SyntheticNode.RoundTripOf(open.Remote);
            open.ConnectLatency = 1_000ul * (trip + (uint)_random.Below((int)(trip / 4)));
            Tell(in open, RecordKind.Connect, Direction.Outbound);
            if (failed)
            {
                (_record.Error, _record.LatencyNanoseconds) = Failures[_random.Below(Failures.Length)];
                return;
            }
        }

        var here = _free;
        if (here == Nobody)
        {
            here = _used++;
        }
        else
        {
            _free = _open[here].Next;
        }

        _open[here] = open;
        var accepted = open.Client == Nobody || open.Server == Nobody;
        if (accepted)
        {
            AwaitClose(here, (int)_random.Spread(DurationBits));
        }
        else
        {
            Await(here, SyntheticConnection.NextStep.Accept, 1);
        }
    }

    private void Continue(int here, ulong ktime)
    {
        ref var open = ref _open[here];
        var lasted = ktime - open.Since;
        var outbound = open.Client != Nobody;
        switch (open.Step)
        {
            case SyntheticConnection.NextStep.Accept:
                Tell(in open, RecordKind.Accept, Direction.Inbound);
                AwaitClose(here, (int)_random.Spread(DurationBits));
                return;
            case SyntheticConnection.NextStep.FirstFlow:
                open.Up += _random.Spread(12);
                open.Down += _random.Spread(18);
                Traffic(in open, RecordKind.Flow, outbound ? Direction.Outbound : Direction.Inbound, lasted);
                if (outbound && open.Server != Nobody)
                {
                    Await(here, SyntheticConnection.NextStep.LastFlow, 1);
                    return;
                }

                AwaitCloseAfterFlow(here);
                return;
            case SyntheticConnection.NextStep.LastFlow:
                Traffic(in open, RecordKind.Flow, Direction.Inbound, lasted);
                AwaitCloseAfterFlow(here);
                return;
            case SyntheticConnection.NextStep.FirstClose:
                open.Up += 100 + _random.Spread(12);
                open.Down += 100 + _random.Spread(18);
                Close(in open, outbound ? Direction.Outbound : Direction.Inbound, CloseReason.FinLocal, lasted);
                if (outbound && open.Server != Nobody)
                {
                    Await(here, SyntheticConnection.NextStep.LastClose, 1);
                    return;
                }

                break;
            default:
                Close(in open, Direction.Inbound, CloseReason.FinRemote, lasted);
                break;
        }

        open.Next = _free;
        _free = here;
    }

    private void Close(in SyntheticConnection open, Direction direction, CloseReason reason, ulong lasted)
    {
        var odd = Traffic(in open, RecordKind.Close, direction, lasted);
        _record.CloseReason = odd != 0 ? reason : reason == CloseReason.FinLocal ? CloseReason.ResetLocal : CloseReason.ResetRemote;
    }

    /// <summary>Makes a CLOSE or FLOW except for its reason; returns a number below 100 that callers use to make some of them unusual.</summary>
    private int Traffic(in SyntheticConnection open, RecordKind kind, Direction direction, ulong lasted)
    {
        Tell(in open, kind, direction);
        var trip = SyntheticNode.RoundTripOf(open.Remote);
        var odd = _random.Below(100);
        var (up, down) = (open.Up - open.FlowUp, open.Down - open.FlowDown);
        _record.DurationNanoseconds = lasted;
        (_record.BytesSent, _record.BytesReceived) = direction == Direction.Outbound ? (open.Up, open.Down) : (open.Down, open.Up);
        (_record.DeltaSent, _record.DeltaReceived) = direction == Direction.Outbound ? (up, down) : (down, up);
        _record.SmoothedRttMicroseconds = trip + (uint)_random.Below((int)(trip / 4));
        _record.Retransmits = odd < 98 ? 0 : (uint)(odd - 97);
        return odd;
    }

    private void Tell(in SyntheticConnection open, RecordKind kind, Direction direction)
    {
        var outbound = direction == Direction.Outbound;
        var place = outbound ? open.Client : open.Server;
        (_record.Kind, _record.Direction, _record.CloseReason, _record.Error) = (kind, direction, CloseReason.None, 0);
        _record.SourceAddress = open.Client == Nobody ? _node.Remote(open.Remote) : _node.AddressOf(open.Client);
        _record.DestinationAddress = open.Server == Nobody ? _node.Remote(open.Remote) : _node.AddressOf(open.Server);
        _record.SourcePort = open.Port;
        _record.DestinationPort = SyntheticNode.PortOf(open.Server == Nobody ? open.Remote : open.Server);
        _record.NetworkNamespace = SyntheticNode.NetworkNamespaceOf(place);
        _record.Owner = _node.Owner(place);
        _record.Owner.CgroupId = outbound ? open.ClientCgroup : open.ServerCgroup;
        (_record.ConnectionId, _record.LatencyNanoseconds) = outbound ? (open.ClientId, open.ConnectLatency) : (open.ServerId, open.AcceptLatency);
        (_record.DurationNanoseconds, _record.SmoothedRttMicroseconds, _record.Retransmits) = (0, 0, 0);
        (_record.BytesSent, _record.BytesReceived, _record.DeltaSent, _record.DeltaReceived) = (0, 0, 0, 0);
    }

    private void AwaitCloseAfterFlow(int here)
    {
        ref var open = ref _open[here];
        (open.FlowUp, open.FlowDown) = (open.Up, open.Down);
        AwaitClose(here, open.TurnsLeft);
    }

    /// <summary>Schedules the close, or the FLOW before it.</summary>
    private void AwaitClose(int here, int turns)
    {
        if (_flowTurns == 0 || turns <= _flowTurns)
        {
            Await(here, SyntheticConnection.NextStep.FirstClose, turns);
            return;
        }

        _open[here].TurnsLeft = turns - _flowTurns;
        Await(here, SyntheticConnection.NextStep.FirstFlow, _flowTurns);
    }

    private ulong NextId(ushort port)
    {
        var processor = port % Processors;
        var (batch, place) = Math.DivRem(_ids[processor]++, IdBatch);
        return 1 + ((batch * Processors + (uint)processor) * IdBatch) + place;
    }

    private void Await(int here, SyntheticConnection.NextStep step, int turns)
    {
        ref var open = ref _open[here];
        var place = (_turn + turns) & (Turns - 1);
        (open.Step, open.Next, _due[place]) = (step, _due[place], here);
    }

    private ulong CgroupOf(int place) => place == Nobody ? 0 : _containers.CgroupOf(place);
}

using System.Text;
using NetMon.Events;

namespace NetMon.Capture;

/// <summary>
/// The events of a made-up node, one after the other, from a seed: 60 process names, 200 servers chosen as by Zipf's law,
/// 3 % of the attempts refused.
/// </summary>
internal sealed class SyntheticConnections
{
    private const int Processes = 60;
    private const int Servers = 200;
    private const int RefusedPercent = 3;
    private const uint ConnectionRefused = 111;
    private readonly OwnerRecord[] _clients = new OwnerRecord[Processes];
    private readonly OwnerRecord[] _servers = new OwnerRecord[Servers];
    private readonly InlineBytes16[] _clientAddresses = new InlineBytes16[Processes];
    private readonly InlineBytes16[] _serverAddresses = new InlineBytes16[Servers];
    private readonly SyntheticContainers _containers;
    private ulong _state;
    private ConnectionRecord _record;
    private int _client;
    private int _server;
    private int _step;
    private int _replica; // spreads the processes over all containers

    public SyntheticConnections(ulong seed, SyntheticContainers containers)
    {
        _containers = containers;
        _state = seed * 0x9e3779b97f4a7c15 + 1;
        for (var i = 0; i < Processes; i++)
        {
            _clients[i] = Owner($"client-{i}", 2000u + (uint)i);
            _clientAddresses[i] = Ipv4(10, 0, 1, (byte)(i + 1));
        }

        for (var i = 0; i < Servers; i++)
        {
            _servers[i] = Owner($"server-{i % Processes}", 10_000u + (uint)i);
            _serverAddresses[i] = Ipv4(10, 0, (byte)(2 + i / 100), (byte)(i % 100 + 1));
        }

        _record.Size = ConnectionRecord.ByteSize;
        _record.Version = ConnectionRecord.CurrentVersion;
    }

    /// <summary>The next event, at this time. The reference is valid until the next call.</summary>
    public ref ConnectionRecord Next(ulong ktime)
    {
        if (_step == 0)
        {
            Choose();
        }

        (_record.Kind, _record.Direction) = _step switch
        {
            0 => (RecordKind.Connect, Direction.Outbound),
            1 => (RecordKind.Accept, Direction.Inbound),
            2 => (RecordKind.Close, Direction.Outbound),
            _ => (RecordKind.Close, Direction.Inbound),
        };
        _record.KtimeNanoseconds = ktime;
        var closes = _record.Kind == RecordKind.Close;
        var outbound = _record.Direction == Direction.Outbound;
        _record.Owner = outbound ? _clients[_client] : _servers[_server];
        _record.Owner.CgroupId = _containers.CgroupOf(_replica + (outbound ? _client : Processes + _server));
        _record.Ending = !closes ? Ending.None : outbound ? Ending.FinLocal : Ending.FinRemote;
        _record.Error = _step == 0 && Random() % 100 < RefusedPercent ? ConnectionRefused : 0;
        _record.ElapsedNanoseconds = _record.Kind == RecordKind.Accept ? 0 : 20_000 + Random() % 1_000_000;
        _record.BytesSent = closes ? Random() % 100_000 : 0;
        _record.BytesReceived = closes ? Random() % 100_000 : 0;
        _record.SmoothedRttMicroseconds = closes ? (uint)(Random() % 2000) : 0;
        _step = _record.Error != 0 ? 0 : (_step + 1) % 4;
        return ref _record;
    }

    private void Choose()
    {
        _replica = (_replica + 263) % 10_000;
        _client = (int)(Random() % Processes);
        // Few servers get most of the calls: the square of an even draw.
        var even = Random() % 1000;
        _server = (int)(even * even * Servers / 1_000_000);
        _record.SourceAddress = _clientAddresses[_client];
        _record.DestinationAddress = _serverAddresses[_server];
        _record.SourcePort = (ushort)(32768 + Random() % 28_232);
        _record.DestinationPort = (ushort)(_server % 3 == 0 ? 443 : 8000 + _server);
        _record.NetworkNamespace = 4_026_531_840 + (uint)_client;
    }

    /// <summary>xorshift64* (Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled").</summary>
    private ulong Random()
    {
        _state ^= _state >> 12;
        _state ^= _state << 25;
        _state ^= _state >> 27;
        return (_state * 0x2545f4914f6cdd1d) >> 16;
    }

    private static OwnerRecord Owner(string name, uint pid)
    {
        var owner = new OwnerRecord { Pid = pid, Uid = 1000 };
        Encoding.ASCII.GetBytes(name, owner.Comm);
        return owner;
    }

    private static InlineBytes16 Ipv4(byte a, byte b, byte c, byte d)
    {
        var address = default(InlineBytes16);
        Span<byte> bytes = address;
        (bytes[10], bytes[11], bytes[12], bytes[13], bytes[14], bytes[15]) = (0xff, 0xff, a, b, c, d);
        return address;
    }
}

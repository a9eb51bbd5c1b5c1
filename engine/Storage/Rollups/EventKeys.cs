using System.Text;
using NetMon.Events;
using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Numbers the different keys (<see cref="RollupKey"/>) of events. A key is 128 bits: the numbers of its texts, and its port and errno.
/// Keeps its memory from use to use. One thread.
/// </summary>
internal sealed class EventKeys
{
    // From the highest bit on, in the order of RollupKey. What may be missing has its number and one, and 0 where it is.
    private const int ErrnoBits = 31;
    private const int ResultBits = 5;
    private const int PortBits = 17;
    private const int PeerBits = 26;
    private const int ProcessBits = 24;
    private const int ResultAt = ErrnoBits;
    private const int PortAt = ResultAt + ResultBits;
    private const int PeerAt = PortAt + PortBits;
    private const int DirectionAt = PeerAt + PeerBits;
    private const int ProcessAt = DirectionAt + 1;
    private const int ContainerAt = ProcessAt + ProcessBits;
    private const int ContainerBits = 128 - ContainerAt;

    private static readonly byte[] Outbound = Encoding.UTF8.GetBytes(Vocabulary.Text(Direction.Outbound));
    private static readonly byte[] Inbound = Encoding.UTF8.GetBytes(Vocabulary.Text(Direction.Inbound));
    private static readonly byte[] Established = Encoding.UTF8.GetBytes(Vocabulary.Text(ConnectResult.Established));

    private readonly NumberedTexts _containers = new(ContainerBits);
    private readonly NumberedTexts _processes = new(ProcessBits);
    private readonly NumberedTexts _peers = new(PeerBits);
    private readonly NumberedTexts _results = new(ResultBits);
    private readonly ContainerNames _names = new();
    private readonly DistinctValues<UInt128> _distinct = new();
    private UInt128[] _keys = [];
    private uint[] _numbers = [];
    private bool[] _isOutbound = [];
    private UInt128[] _ranked = [];
    private int[] _order = [];

    /// <summary>How many different keys there are.</summary>
    public int Count => _distinct.Count;

    /// <summary>Numbers the keys of a row group's events; the result has a number for each row and is valid until the next call.</summary>
    /// <exception cref="DamagedFileException">It is damaged, or no row group of events.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public ReadOnlySpan<uint> Read(EventSource events)
    {
        if (_keys.Length < events.Rows)
        {
            (_keys, _numbers, _isOutbound) = (new UInt128[events.Rows], new uint[events.Rows], new bool[events.Rows]);
        }

        var keys = _keys.AsSpan(0, events.Rows);
        keys.Clear();
        ReadContainers(events, keys);
        Add(keys, events.Read("process"), _processes, ProcessAt, plus: 0);
        ReadDirections(events, keys);
        ReadPeers(events, "dst_ip", keys, isOutbound: true);
        ReadPeers(events, "src_ip", keys, isOutbound: false);
        Add(keys, events.Read("dst_port"), PortAt, (1 << PortBits) - 1);
        ReadResults(events, keys);
        Add(keys, events.Read("errno"), at: 0, int.MaxValue - 1, plus: 1);
        _distinct.TryIndex(keys, _numbers, most: int.MaxValue);
        return _numbers.AsSpan(0, events.Rows);
    }

    /// <summary>The numbers of the keys in the keys' order.</summary>
    public ReadOnlySpan<int> Ordered()
    {
        if (_ranked.Length < Count)
        {
            (_ranked, _order) = (new UInt128[Count], new int[Count]);
        }

        var containers = _containers.Ranks();
        var processes = _processes.Ranks();
        var peers = _peers.Ranks();
        var results = _results.Ranks();
        for (var number = 0; number < Count; number++)
        {
            var key = _distinct.Values[number];
            var (container, result) = (Part(key, ContainerAt, ContainerBits), Part(key, ResultAt, ResultBits));
            _ranked[number] = ((UInt128)(container == 0 ? 0 : containers[(int)container - 1] + 1) << ContainerAt)
                | ((UInt128)processes[(int)Part(key, ProcessAt, ProcessBits)] << ProcessAt)
                | ((UInt128)Part(key, DirectionAt, 1) << DirectionAt)
                | ((UInt128)peers[(int)Part(key, PeerAt, PeerBits)] << PeerAt)
                | ((UInt128)Part(key, PortAt, PortBits) << PortAt)
                | ((UInt128)(result == 0 ? 0 : results[(int)result - 1] + 1) << ResultAt)
                | Part(key, 0, ErrnoBits);
            _order[number] = number;
        }

        _ranked.AsSpan(0, Count).Sort(_order.AsSpan(0, Count));
        return _order.AsSpan(0, Count);
    }

    /// <summary>A key and the names of its container; valid until <see cref="Clear"/>.</summary>
    public void Get(int number, out RollupKey key, out RollupNames names)
    {
        var parts = _distinct.Values[number];
        var (container, result, errno) = (Part(parts, ContainerAt, ContainerBits), Part(parts, ResultAt, ResultBits), Part(parts, 0, ErrnoBits));
        names = container == 0 ? default : _names.Of((int)container - 1);
        key = new RollupKey
        {
            ContainerId = container == 0 ? default : _containers[container - 1],
            Process = _processes[Part(parts, ProcessAt, ProcessBits)],
            Direction = Part(parts, DirectionAt, 1) == 1 ? Outbound : Inbound,
            Peer = _peers[Part(parts, PeerAt, PeerBits)],
            Port = (int)Part(parts, PortAt, PortBits),
            Result = result == 0 ? default : _results[result - 1],
            Errno = errno == 0 ? null : (int)errno - 1,
        };
    }

    /// <summary>Forgets all keys; keeps the memory.</summary>
    public void Clear()
    {
        _distinct.Clear();
        _containers.Clear();
        _processes.Clear();
        _peers.Clear();
        _results.Clear();
        _names.Clear();
    }

    private static uint Part(UInt128 key, int at, int bits) => (uint)(key >> at) & (uint)((1ul << bits) - 1);

    private void ReadContainers(EventSource events, Span<UInt128> keys)
    {
        var column = events.Read("container_id");
        var numbers = _containers.NumbersOf(column.Texts);
        for (var n = 0; n < column.Indices.Length; n++)
        {
            keys[column.RowOf(n)] |= (UInt128)(numbers[(int)column.Indices[n]] + 1) << ContainerAt;
        }

        _names.Read(events, keys, ContainerAt, _containers.Count);
    }

    private void ReadDirections(EventSource events, Span<UInt128> keys)
    {
        var column = events.Read("direction");
        if (column.Texts.Count > 2)
        {
            throw new DamagedFileException("direction: there are two");
        }

        for (var row = 0; row < keys.Length; row++)
        {
            _isOutbound[row] = column.Texts[(int)column.Indices[row]].SequenceEqual(Outbound);
            keys[row] |= _isOutbound[row] ? (UInt128)1 << DirectionAt : 0; // in the order of the words
        }
    }

    /// <summary>The far end: of outbound connections the destination, of inbound ones the source.</summary>
    private void ReadPeers(EventSource events, string name, Span<UInt128> keys, bool isOutbound)
    {
        var column = events.Read(name);
        var numbers = _peers.NumbersOf(column.Texts);
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] |= _isOutbound[row] == isOutbound ? (UInt128)numbers[(int)column.Indices[row]] << PeerAt : 0;
        }
    }

    /// <summary>Of a CONNECT what the event has; what follows one is in the row of those that were established.</summary>
    private void ReadResults(EventSource events, Span<UInt128> keys)
    {
        var column = events.Read("result");
        var numbers = _results.NumbersOf(column.Texts);
        var established = (UInt128)(_results.NumberOf(Established) + 1) << ResultAt;
        for (var row = 0; row < keys.Length; row++)
        {
            keys[row] |= _isOutbound[row] ? established : 0;
        }

        for (var n = 0; n < column.Indices.Length; n++)
        {
            ref var key = ref keys[column.RowOf(n)];
            key = _isOutbound[column.RowOf(n)] ? (key & ~established) | ((UInt128)(numbers[(int)column.Indices[n]] + 1) << ResultAt) : key;
        }
    }

    private static void Add(Span<UInt128> keys, ColumnReader column, NumberedTexts texts, int at, uint plus)
    {
        var numbers = texts.NumbersOf(column.Texts);
        for (var n = 0; n < column.Indices.Length; n++)
        {
            keys[column.RowOf(n)] |= (UInt128)(numbers[(int)column.Indices[n]] + plus) << at;
        }
    }

    private static void Add(Span<UInt128> keys, ColumnReader column, int at, long most, uint plus = 0)
    {
        var numbers = column.Numbers;
        for (var n = 0; n < numbers.Length; n++)
        {
            if (numbers[n] < 0 || numbers[n] > most)
            {
                throw new DamagedFileException("a port or an error number is out of its range");
            }

            keys[column.RowOf(n)] |= (UInt128)((uint)numbers[n] + plus) << at;
        }
    }
}

using System.Text;
using NetMon.Events;
using NetMon.Parquet;
using NetMon.Parquet.Reading;
using static NetMon.Storage.Rollups.KeyBits;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Assigns numbers to the distinct keys (<see cref="RollupKey"/>) of events. A key has 128 bits: the numbers of its texts, its port and
/// errno. Memory is reused. Not thread-safe.
/// </summary>
internal sealed class EventKeys
{
    private static readonly byte[] Outbound = Encoding.UTF8.GetBytes(Vocabulary.Text(Direction.Outbound));
    private static readonly byte[] Inbound = Encoding.UTF8.GetBytes(Vocabulary.Text(Direction.Inbound));
    private static readonly byte[] Established = Encoding.UTF8.GetBytes(Vocabulary.Text(ConnectResult.Established));

    private readonly NumberedTexts _containers = new(ContainerBits);
    private readonly OwnerWorkloads _workloads = new();
    private readonly NumberedTexts _processes = new(ProcessBits);
    private readonly NumberedTexts _peers = new(PeerBits);
    private readonly NumberedTexts _results = new(ResultBits);
    private readonly ContainerNames _names = new();
    private readonly DistinctValues<UInt128> _distinct = new();
    private UInt128[] _keys = [];
    private uint[] _sources = [];
    private uint[] _numbers = [];
    private uint[] _containerOf = [];
    private bool[] _isOutbound = [];
    private int[] _order = [];
    private int _rows;
    private int _inContainer;

    /// <summary>The number of distinct keys.</summary>
    public int Count => _distinct.Count;

    /// <summary>Preallocates memory for the expected number of keys.</summary>
    public void Reserve(int keys) => _distinct.Reserve(keys);

    /// <summary>Begins a row group. Its columns must be added in the order of the methods.</summary>
    public void Begin(int rows)
    {
        if (_keys.Length < rows)
        {
            _keys = new UInt128[rows];
        }

        if (_sources.Length < rows)
        {
            (_sources, _numbers, _containerOf, _isOutbound) = (new uint[rows], new uint[rows], new uint[rows], new bool[rows]);
        }

        _rows = rows;
        _workloads.Begin(rows);
        _keys.AsSpan(0, rows).Clear();
    }

    /// <summary>Adds the workloads, before the containers: the workload of a container is one of its names, any other is an owner.</summary>
    public void TakeWorkloads(ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence) => _workloads.Take(indices, texts, presence);

    /// <summary>Adds the kinds of workloads, before the containers.</summary>
    public void TakeWorkloadKinds(ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence) => _workloads.TakeKinds(indices, texts, presence);

    public void TakeSources(ReadOnlySpan<uint> indices, PlainTexts texts)
    {
        var numbers = _peers.NumbersOf(texts);
        for (var row = 0; row < _rows; row++)
        {
            _sources[row] = numbers[(int)indices[row]];
        }
    }

    /// <summary>Adds the destinations, which are the peers of outbound connections.</summary>
    public void TakeDestinations(ReadOnlySpan<uint> indices, PlainTexts texts)
    {
        var numbers = _peers.NumbersOf(texts);
        for (var row = 0; row < _rows; row++)
        {
            _keys[row] |= (UInt128)numbers[(int)indices[row]] << PeerAt;
        }
    }

    /// <exception cref="DamagedFileException">A port is out of range.</exception>
    public void TakePorts(ReadOnlySpan<long> ports) => Add(_keys, ports, null, PortAt, (1 << PortBits) - 1, plus: 0);

    public void TakeProcesses(ReadOnlySpan<uint> indices, PlainTexts texts)
    {
        var numbers = _processes.NumbersOf(texts);
        for (var row = 0; row < _rows; row++)
        {
            _keys[row] |= (UInt128)numbers[(int)indices[row]] << ProcessAt;
        }
    }

    public void TakeContainers(ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        var numbers = _containers.NumbersOf(texts);
        _inContainer = indices.Length;
        for (var n = 0; n < indices.Length; n++)
        {
            _containerOf[n] = numbers[(int)indices[n]];
            _keys[presence is null ? n : presence.Rows[n]] |= (UInt128)(_containerOf[n] + 1) << ContainerAt;
        }

        for (var row = 0; row < _rows; row++)
        {
            if (!_workloads.Has(row))
            {
                continue;
            }

            var owner = (uint)(_keys[row] >> ContainerAt);
            if (owner == 0)
            {
                _keys[row] |= (UInt128)(_workloads.UnitOf(row, _containers) + 1) << ContainerAt;
            }
            else
            {
                _workloads.Give(row, owner - 1, _names, _containers.Count);
            }
        }
    }

    /// <summary>Adds a kind of name of the containers; see <see cref="ContainerNames.Take"/>.</summary>
    /// <exception cref="DamagedFileException">The rows with a name are not the rows with a container.</exception>
    public void TakeNames(int name, ReadOnlySpan<uint> indices, PlainTexts texts)
    {
        if (indices.Length != _inContainer)
        {
            throw new DamagedFileException("names without containers");
        }

        _names.Take(name, indices, texts, _containerOf.AsSpan(0, _inContainer), _containers.Count);
    }

    /// <summary>Adds the directions. The peers of inbound connections are their sources.</summary>
    /// <exception cref="DamagedFileException">There are more than two.</exception>
    public void TakeDirections(ReadOnlySpan<uint> indices, PlainTexts texts)
    {
        if (texts.Count is 0 or > 2)
        {
            throw new DamagedFileException("direction: unknown value");
        }

        Span<bool> areOutbound = [texts[0].SequenceEqual(Outbound), texts.Count > 1 && texts[1].SequenceEqual(Outbound)];
        var established = (UInt128)(_results.NumberOf(Established) + 1) << ResultAt;
        var peer = (((UInt128)1 << PeerBits) - 1) << PeerAt;
        for (var row = 0; row < _rows; row++)
        {
            ref var key = ref _keys[row];
            _isOutbound[row] = areOutbound[(int)indices[row]];
            key = _isOutbound[row]
                ? key | ((UInt128)1 << DirectionAt) | established // in the order of the words; events after a CONNECT belong to the row of established connections
                : (key & ~peer) | ((UInt128)_sources[row] << PeerAt);
        }
    }

    /// <summary>Adds the results of CONNECT events.</summary>
    public void TakeResults(ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        var numbers = _results.NumbersOf(texts);
        var any = (((UInt128)1 << ResultBits) - 1) << ResultAt;
        for (var n = 0; n < indices.Length; n++)
        {
            var row = presence is null ? n : presence.Rows[n];
            _keys[row] = _isOutbound[row] ? (_keys[row] & ~any) | ((UInt128)(numbers[(int)indices[n]] + 1) << ResultAt) : _keys[row];
        }
    }

    /// <exception cref="DamagedFileException">An errno is out of range.</exception>
    public void TakeErrors(ReadOnlySpan<long> errors, Presence? presence) => Add(_keys, errors, presence, at: 0, int.MaxValue - 1, plus: 1);

    /// <summary>Numbers the keys, after all columns. Returns a number for each row, possibly followed by more; valid until the next row group.</summary>
    public uint[] Number()
    {
        _distinct.TryIndex(_keys.AsSpan(0, _rows), _numbers, most: int.MaxValue);
        return _numbers;
    }

    /// <summary>Returns the numbers of the keys, sorted by key.</summary>
    public ReadOnlySpan<int> Ordered()
    {
        if (_keys.Length < Count)
        {
            _keys = new UInt128[Count];
        }

        if (_order.Length < Count)
        {
            _order = new int[Count];
        }

        var ranked = _keys.AsSpan(0, Count); // the keys of the last row group are no longer needed

        var containers = _containers.Ranks();
        var processes = _processes.Ranks();
        var peers = _peers.Ranks();
        var results = _results.Ranks();
        for (var number = 0; number < Count; number++)
        {
            ranked[number] = Ranked(_distinct.Values[number], containers, processes, peers, results);
            _order[number] = number;
        }

        ranked.Sort(_order.AsSpan(0, Count));
        return _order.AsSpan(0, Count);
    }

    /// <summary>Returns a key and its container's names; valid until <see cref="Clear"/>.</summary>
    public void Get(int number, out RollupKey key, out RollupNames names)
    {
        var parts = _distinct.Values[number];
        var (container, result, errno) = (Part(parts, ContainerAt, ContainerBits), Part(parts, ResultAt, ResultBits), Part(parts, 0, ErrnoBits));
        names = container == 0 ? default : _names.Of((int)container - 1);
        key = new RollupKey
        {
            Owner = container == 0 ? default : _containers[container - 1],
            Process = _processes[Part(parts, ProcessAt, ProcessBits)],
            Direction = Part(parts, DirectionAt, 1) == 1 ? Outbound : Inbound,
            Peer = _peers[Part(parts, PeerAt, PeerBits)],
            Port = (int)Part(parts, PortAt, PortBits),
            Result = result == 0 ? default : _results[result - 1],
            Errno = errno == 0 ? null : (int)errno - 1,
        };
    }

    /// <summary>Removes all keys; keeps the memory.</summary>
    public void Clear()
    {
        _distinct.Clear();
        _containers.Clear();
        _workloads.Clear();
        _processes.Clear();
        _peers.Clear();
        _results.Clear();
        _names.Clear();
    }
}

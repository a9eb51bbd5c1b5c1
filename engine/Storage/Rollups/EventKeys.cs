using System.Text;
using NetMon.Events;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>Groups the events of a row group by what a row of a roll-up is about (<see cref="RollupKey"/>). Keeps its memory from row group to row group. One thread.</summary>
internal sealed class EventKeys
{
    private const int None = 0; // a container, result or error that is not there; what is there has its number and one
    private const int KeyColumns = 7;

    private static readonly byte[] Outbound = Encoding.UTF8.GetBytes(Vocabulary.Text(Direction.Outbound));
    private static readonly byte[] Inbound = Encoding.UTF8.GetBytes(Vocabulary.Text(Direction.Inbound));
    private static readonly byte[] Established = Encoding.UTF8.GetBytes(Vocabulary.Text(ConnectResult.Established));

    private readonly RowGrouping _grouping = new();
    private readonly RankedTexts _containers = new();
    private readonly RankedTexts _processes = new();
    private readonly RankedTexts _peers = new();
    private readonly RankedTexts _results = new();
    private readonly ContainerNames _names = new();
    private uint[] _values = [];
    private bool[] _isOutbound = [];
    private int _rows;

    /// <summary>How many different keys there are. They are numbered in their order.</summary>
    public int Count => _grouping.Count;

    /// <summary>Each row's key.</summary>
    public ReadOnlySpan<uint> Groups => _grouping.Groups;

    /// <summary>Groups the rows of a row group.</summary>
    /// <exception cref="DamagedFileException">It is damaged, or no row group of events.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public void Read(EventSource events)
    {
        _rows = events.Rows;
        if (_values.Length < _rows)
        {
            (_values, _isOutbound) = (new uint[_rows], new bool[_rows]);
        }

        _grouping.Begin(_rows);
        ReadContainers(events);
        ReadProcesses(events);
        ReadDirections(events);
        ReadPeers(events);
        ReadNumbers(events.Read("dst_port"));
        ReadResults(events);
        ReadNumbers(events.Read("errno"));
        _grouping.End();
    }

    /// <summary>A key and the names of its container; valid until the next row group.</summary>
    public void Get(int group, out RollupKey key, out RollupNames names)
    {
        Span<uint> values = stackalloc uint[KeyColumns];
        _grouping.Values(group, values);
        names = values[0] == None ? default : _names.Of((int)values[0] - 1);
        key = new RollupKey
        {
            ContainerId = values[0] == None ? default : _containers.Text(values[0] - 1),
            Process = _processes.Text(values[1]),
            Direction = values[2] == 1 ? Outbound : Inbound,
            Peer = _peers.Text(values[3]),
            Port = (int)values[4],
            Result = values[5] == None ? default : _results.Text(values[5] - 1),
            Errno = values[6] == None ? null : (int)values[6],
        };
    }

    private void ReadContainers(EventSource events)
    {
        var column = events.Read("container_id");
        _containers.Clear();
        _containers.Add(column.Texts);
        _containers.Rank();
        Rank(column, _containers);
        _grouping.Divide(_values.AsSpan(0, _rows), (uint)_containers.Count);
        _names.Read(events, _values.AsSpan(0, _rows), _containers.Count);
    }

    private void ReadProcesses(EventSource events)
    {
        var column = events.Read("process");
        _processes.Clear();
        _processes.Add(column.Texts);
        _processes.Rank();
        for (var row = 0; row < _rows; row++)
        {
            _values[row] = _processes.RankOf((int)column.Indices[row]);
        }

        _grouping.Divide(_values.AsSpan(0, _rows), (uint)_processes.Count);
    }

    private void ReadDirections(EventSource events)
    {
        var column = events.Read("direction");
        Span<bool> isOutbound = stackalloc bool[2];
        for (var n = 0; n < Math.Min(2, column.Texts.Count); n++)
        {
            isOutbound[n] = column.Texts[n].SequenceEqual(Outbound);
        }

        for (var row = 0; row < _rows; row++)
        {
            var index = column.Indices[row];
            _isOutbound[row] = index < 2 ? isOutbound[(int)index] : throw new DamagedFileException("direction: there are two");
            _values[row] = _isOutbound[row] ? 1u : 0; // in the order of the words
        }

        _grouping.Divide(_values.AsSpan(0, _rows), most: 1);
    }

    /// <summary>The far end: of outbound connections the destination, of inbound ones the source.</summary>
    private void ReadPeers(EventSource events)
    {
        _peers.Clear();
        foreach (var (column, isOutbound) in new[] { ("dst_ip", true), ("src_ip", false) })
        {
            var addresses = events.Read(column);
            var before = (uint)_peers.Add(addresses.Texts);
            for (var row = 0; row < _rows; row++)
            {
                if (_isOutbound[row] == isOutbound)
                {
                    _values[row] = before + addresses.Indices[row];
                }
            }
        }

        _peers.Rank();
        for (var row = 0; row < _rows; row++)
        {
            _values[row] = _peers.RankOf((int)_values[row]);
        }

        _grouping.Divide(_values.AsSpan(0, _rows), (uint)_peers.Count);
    }

    /// <summary>Of a CONNECT what the event has; what follows one is in the row of those that were established.</summary>
    private void ReadResults(EventSource events)
    {
        var column = events.Read("result");
        _results.Clear();
        _results.Add(column.Texts);
        var established = _results.Add(Established);
        _results.Rank();
        for (var row = 0; row < _rows; row++)
        {
            _values[row] = _isOutbound[row] ? _results.RankOf(established) + 1 : None;
        }

        for (var n = 0; n < column.Indices.Length; n++)
        {
            var row = column.RowOf(n);
            _values[row] = _isOutbound[row] ? _results.RankOf((int)column.Indices[n]) + 1 : None;
        }

        _grouping.Divide(_values.AsSpan(0, _rows), (uint)_results.Count);
    }

    private void ReadNumbers(ColumnReader column)
    {
        _values.AsSpan(0, _rows).Clear();
        var most = 0L;
        for (var n = 0; n < column.Numbers.Length; n++)
        {
            var number = column.Numbers[n];
            most = number >= 0 ? Math.Max(most, number) : long.MaxValue;
            _values[column.RowOf(n)] = (uint)number;
        }

        if (most > int.MaxValue)
        {
            throw new DamagedFileException("a port or an error number is negative");
        }

        _grouping.Divide(_values.AsSpan(0, _rows), (uint)most);
    }

    private void Rank(ColumnReader column, RankedTexts texts)
    {
        _values.AsSpan(0, _rows).Clear();
        for (var n = 0; n < column.Indices.Length; n++)
        {
            _values[column.RowOf(n)] = texts.RankOf((int)column.Indices[n]) + 1;
        }
    }
}

using System.Text;
using NetMon.Events;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>Sums up the events of a row group by key. Keeps its memory from row group to row group. One thread.</summary>
internal sealed class EventSums
{
    private static readonly byte[] Connect = Encoding.UTF8.GetBytes(Vocabulary.Text(RecordKind.Connect));
    private static readonly byte[] Accept = Encoding.UTF8.GetBytes(Vocabulary.Text(RecordKind.Accept));
    private static readonly byte[] Close = Encoding.UTF8.GetBytes(Vocabulary.Text(RecordKind.Close));

    private readonly EventKeys _keys = new();
    private readonly LatencyHistogram _latency = new();
    private RollupSums[] _sums = [];
    private RecordKind[] _kinds = [];
    private bool[] _hasDelta = [];
    private ulong[] _latencies = [];
    private int _latencyCount;
    private int _rows;

    /// <summary>Writes the sums of a row group's events as rows of a roll-up.</summary>
    /// <exception cref="DamagedFileException">It is damaged, or no row group of events.</exception>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public void Write(EventSource events, RollupWriter writer)
    {
        _keys.Read(events);
        Begin(events.Rows);
        ReadKinds(events);
        ReadTimes(events);
        ReadLatencies(events);
        ReadDeltas(events, "delta_sent", "bytes_sent", static (ref sums, value) => sums.BytesSent = RollupSums.Sum(sums.BytesSent, value));
        ReadDeltas(events, "delta_received", "bytes_received", static (ref sums, value) => sums.BytesReceived = RollupSums.Sum(sums.BytesReceived, value));
        ReadRetransmits(events);
        for (var (group, at) = (0, 0); group < _keys.Count; group++)
        {
            _latency.Clear();
            for (; at < _latencyCount && _latencies[at] >> 32 == (ulong)group; at++)
            {
                _latency.Add((int)(uint)_latencies[at], 1);
            }

            _keys.Get(group, out var key, out var names);
            writer.Add(in key, in names, in _sums[group], _latency.Text());
        }
    }

    private delegate void Adder(ref RollupSums sums, long value);

    private void Begin(int rows)
    {
        _rows = rows;
        if (_kinds.Length < rows)
        {
            (_kinds, _hasDelta, _latencies) = (new RecordKind[rows], new bool[rows], new ulong[rows]);
        }

        if (_sums.Length < _keys.Count)
        {
            _sums = new RollupSums[Math.Max(_keys.Count, Math.Min(2 * _sums.Length, rows))];
        }

        _sums.AsSpan(0, _keys.Count).Fill(RollupSums.Empty);
    }

    private void ReadKinds(EventSource events)
    {
        var column = events.Read("type");
        var kinds = new RecordKind[column.Texts.Count];
        for (var n = 0; n < kinds.Length; n++)
        {
            var text = column.Texts[n];
            kinds[n] = text.SequenceEqual(Connect) ? RecordKind.Connect : text.SequenceEqual(Accept) ? RecordKind.Accept : text.SequenceEqual(Close) ? RecordKind.Close : RecordKind.Flow;
        }

        var groups = _keys.Groups;
        for (var row = 0; row < _rows; row++)
        {
            ref var sums = ref _sums[groups[row]];
            var kind = kinds[column.Indices[row]];
            _kinds[row] = kind;
            sums.Attempts += kind == RecordKind.Connect ? 1 : 0;
            sums.Accepts += kind == RecordKind.Accept ? 1 : 0;
            sums.Closed += kind == RecordKind.Close ? 1 : 0;
        }
    }

    private void ReadTimes(EventSource events)
    {
        var times = events.Read("timestamp").Numbers;
        var groups = _keys.Groups;
        for (var row = 0; row < _rows; row++)
        {
            ref var sums = ref _sums[groups[row]];
            sums.First = Math.Min(sums.First, times[row]);
            sums.Last = Math.Max(sums.Last, times[row]);
        }
    }

    /// <summary>Of CONNECT events: each latency's bucket behind its group, in order.</summary>
    private void ReadLatencies(EventSource events)
    {
        var column = events.Read("latency_us");
        var groups = _keys.Groups;
        _latencyCount = 0;
        for (var n = 0; n < column.Numbers.Length; n++)
        {
            var row = column.RowOf(n);
            if (_kinds[row] == RecordKind.Connect)
            {
                _latencies[_latencyCount++] = ((ulong)groups[row] << 32) | (uint)LatencyHistogram.BucketOf(Math.Max(0, column.Numbers[n]));
            }
        }

        _latencies.AsSpan(0, _latencyCount).Sort();
    }

    /// <summary>What an event has moved since the connection's last one; a CLOSE without that: all that the connection has moved.</summary>
    private void ReadDeltas(EventSource events, string deltas, string totals, Adder add)
    {
        var column = events.Read(deltas);
        var groups = _keys.Groups;
        _hasDelta.AsSpan(0, _rows).Clear();
        for (var n = 0; n < column.Numbers.Length; n++)
        {
            var row = column.RowOf(n);
            _hasDelta[row] = true;
            add(ref _sums[groups[row]], Math.Max(0, column.Numbers[n]));
        }

        var isMissing = false;
        for (var row = 0; row < _rows && !isMissing; row++)
        {
            isMissing = _kinds[row] == RecordKind.Close && !_hasDelta[row];
        }

        if (isMissing)
        {
            AddTotals(events.Read(totals), add);
        }
    }

    private void AddTotals(ColumnReader column, Adder add)
    {
        var groups = _keys.Groups;
        for (var n = 0; n < column.Numbers.Length; n++)
        {
            var row = column.RowOf(n);
            if (_kinds[row] == RecordKind.Close && !_hasDelta[row])
            {
                add(ref _sums[groups[row]], Math.Max(0, column.Numbers[n]));
            }
        }
    }

    private void ReadRetransmits(EventSource events)
    {
        var column = events.Read("retransmits");
        var groups = _keys.Groups;
        for (var n = 0; n < column.Numbers.Length; n++)
        {
            var row = column.RowOf(n);
            if (_kinds[row] == RecordKind.Close)
            {
                ref var sums = ref _sums[groups[row]];
                sums.Retransmits = RollupSums.Sum(sums.Retransmits, Math.Max(0, column.Numbers[n]));
            }
        }
    }
}

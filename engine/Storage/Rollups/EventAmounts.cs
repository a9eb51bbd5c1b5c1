using System.Text;
using NetMon.Events;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>The sums and latencies of numbered keys. Keeps its memory from use to use. One thread.</summary>
internal sealed class EventAmounts
{
    private static readonly byte[] Connect = Encoding.UTF8.GetBytes(Vocabulary.Text(RecordKind.Connect));
    private static readonly byte[] Accept = Encoding.UTF8.GetBytes(Vocabulary.Text(RecordKind.Accept));
    private static readonly byte[] Close = Encoding.UTF8.GetBytes(Vocabulary.Text(RecordKind.Close));

    private readonly LatencyHistogram _latency = new();
    private RollupSums[] _sums = [];
    private RecordKind[] _kinds = [];
    private bool[] _hasDelta = [];
    private ulong[] _latencies = []; // the key's number in the upper half, the latency's bucket in the lower
    private int[] _firstLatency = [];
    private int _latencyCount;
    private int _count;

    private delegate void Adder(ref RollupSums sums, long value);

    /// <summary>Adds a row group's events.</summary>
    /// <param name="events">The row group.</param>
    /// <param name="numbers">Each row's key.</param>
    /// <param name="count">How many keys there are by now.</param>
    /// <exception cref="DamagedFileException">It is damaged, or no row group of events.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public void Add(EventSource events, ReadOnlySpan<uint> numbers, int count)
    {
        Reserve(numbers.Length, count);
        ReadKinds(events, numbers);
        ReadTimes(events, numbers);
        ReadLatencies(events, numbers);
        ReadDeltas(events, numbers, "delta_sent", "bytes_sent", static (ref sums, value) => sums.BytesSent = RollupSums.Sum(sums.BytesSent, value));
        ReadDeltas(events, numbers, "delta_received", "bytes_received", static (ref sums, value) => sums.BytesReceived = RollupSums.Sum(sums.BytesReceived, value));
        ReadRetransmits(events, numbers);
    }

    /// <summary>To be called after the last row group, before what follows.</summary>
    public void Settle()
    {
        _latencies.AsSpan(0, _latencyCount).Sort();
        if (_firstLatency.Length < _count + 1)
        {
            _firstLatency = new int[_count + 1];
        }

        for (var (number, at) = (0, 0); number <= _count; number++)
        {
            while (at < _latencyCount && _latencies[at] >> 32 < (ulong)number)
            {
                at++;
            }

            _firstLatency[number] = at;
        }
    }

    /// <summary>A key's sums.</summary>
    public ref readonly RollupSums SumsOf(int number) => ref _sums[number];

    /// <summary>A key's histogram as text; empty if it has none. Valid until the next call.</summary>
    public ReadOnlySpan<byte> LatencyOf(int number)
    {
        _latency.Clear();
        for (var at = _firstLatency[number]; at < _firstLatency[number + 1]; at++)
        {
            _latency.Add((int)(uint)_latencies[at], 1);
        }

        return _latency.Text();
    }

    /// <summary>Forgets all; keeps the memory.</summary>
    public void Clear() => (_count, _latencyCount) = (0, 0);

    private void Reserve(int rows, int count)
    {
        if (_kinds.Length < rows)
        {
            (_kinds, _hasDelta) = (new RecordKind[rows], new bool[rows]);
        }

        if (_latencies.Length < _latencyCount + rows)
        {
            Array.Resize(ref _latencies, Math.Max(_latencyCount + rows, 2 * _latencyCount));
        }

        if (_sums.Length < count)
        {
            Array.Resize(ref _sums, Math.Max(count, 2 * _count));
        }

        _sums.AsSpan(_count, count - _count).Fill(RollupSums.Empty);
        _count = count;
    }

    private void ReadKinds(EventSource events, ReadOnlySpan<uint> numbers)
    {
        var column = events.Read("type");
        var kinds = new RecordKind[column.Texts.Count];
        for (var n = 0; n < kinds.Length; n++)
        {
            var text = column.Texts[n];
            kinds[n] = text.SequenceEqual(Connect) ? RecordKind.Connect : text.SequenceEqual(Accept) ? RecordKind.Accept : text.SequenceEqual(Close) ? RecordKind.Close : RecordKind.Flow;
        }

        for (var row = 0; row < numbers.Length; row++)
        {
            ref var sums = ref _sums[numbers[row]];
            var kind = kinds[column.Indices[row]];
            _kinds[row] = kind;
            sums.Attempts += kind == RecordKind.Connect ? 1 : 0;
            sums.Accepts += kind == RecordKind.Accept ? 1 : 0;
            sums.Closed += kind == RecordKind.Close ? 1 : 0;
        }
    }

    private void ReadTimes(EventSource events, ReadOnlySpan<uint> numbers)
    {
        var times = events.Read("timestamp").Numbers;
        for (var row = 0; row < numbers.Length; row++)
        {
            ref var sums = ref _sums[numbers[row]];
            sums.First = Math.Min(sums.First, times[row]);
            sums.Last = Math.Max(sums.Last, times[row]);
        }
    }

    /// <summary>Of CONNECT events.</summary>
    private void ReadLatencies(EventSource events, ReadOnlySpan<uint> numbers)
    {
        var column = events.Read("latency_us");
        for (var n = 0; n < column.Numbers.Length; n++)
        {
            var row = column.RowOf(n);
            if (_kinds[row] == RecordKind.Connect)
            {
                _latencies[_latencyCount++] = ((ulong)numbers[row] << 32) | (uint)LatencyHistogram.BucketOf(Math.Max(0, column.Numbers[n]));
            }
        }
    }

    /// <summary>What an event has moved since the connection's last one; a CLOSE without that: all that the connection has moved.</summary>
    private void ReadDeltas(EventSource events, ReadOnlySpan<uint> numbers, string deltas, string totals, Adder add)
    {
        var column = events.Read(deltas);
        _hasDelta.AsSpan(0, numbers.Length).Clear();
        for (var n = 0; n < column.Numbers.Length; n++)
        {
            var row = column.RowOf(n);
            _hasDelta[row] = true;
            add(ref _sums[numbers[row]], Math.Max(0, column.Numbers[n]));
        }

        var isMissing = false;
        for (var row = 0; row < numbers.Length && !isMissing; row++)
        {
            isMissing = _kinds[row] == RecordKind.Close && !_hasDelta[row];
        }

        if (isMissing)
        {
            AddTotals(events.Read(totals), numbers, add);
        }
    }

    private void AddTotals(ColumnReader column, ReadOnlySpan<uint> numbers, Adder add)
    {
        for (var n = 0; n < column.Numbers.Length; n++)
        {
            var row = column.RowOf(n);
            if (_kinds[row] == RecordKind.Close && !_hasDelta[row])
            {
                add(ref _sums[numbers[row]], Math.Max(0, column.Numbers[n]));
            }
        }
    }

    private void ReadRetransmits(EventSource events, ReadOnlySpan<uint> numbers)
    {
        var column = events.Read("retransmits");
        for (var n = 0; n < column.Numbers.Length; n++)
        {
            var row = column.RowOf(n);
            if (_kinds[row] == RecordKind.Close)
            {
                ref var sums = ref _sums[numbers[row]];
                sums.Retransmits = RollupSums.Sum(sums.Retransmits, Math.Max(0, column.Numbers[n]));
            }
        }
    }
}

using System.Text;
using NetMon.Events;
using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>The sums and latencies of numbered keys. Memory is reused. Not thread-safe.</summary>
internal sealed class EventAmounts
{
    private static readonly byte[] Connect = Encoding.UTF8.GetBytes(Vocabulary.Text(RecordKind.Connect));
    private static readonly byte[] Accept = Encoding.UTF8.GetBytes(Vocabulary.Text(RecordKind.Accept));
    private static readonly byte[] Close = Encoding.UTF8.GetBytes(Vocabulary.Text(RecordKind.Close));

    private readonly KeyLatencies _latencies = new();
    private KeySums[] _sums = [];
    private RecordKind[] _kinds = [];
    private uint[] _times = [];
    private uint[] _numbers = [];
    private bool[] _hasDelta = [];
    private long[] _totalsSent = [];
    private long[] _totalsReceived = [];
    private long _hourStart;
    private int _count;
    private int _rows;
    private bool _areDeltasKnown;

    /// <summary>Preallocates memory for the expected number of keys.</summary>
    public void Reserve(int keys)
    {
        if (_sums.Length < keys)
        {
            Array.Resize(ref _sums, keys);
        }

        _latencies.Reserve(keys);
    }

    /// <summary>Begins a row group. Its columns must be added in the order of the methods.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="areDeltasKnown">Whether every CLOSE and FLOW has its deltas, so that totals of CLOSE are not needed.</param>
    public void Begin(int rows, bool areDeltasKnown)
    {
        (_rows, _areDeltasKnown) = (rows, areDeltasKnown);
        if (_kinds.Length < rows)
        {
            (_kinds, _times) = (new RecordKind[rows], new uint[rows]);
        }

        if (!areDeltasKnown && _hasDelta.Length < rows)
        {
            (_hasDelta, _totalsSent, _totalsReceived) = (new bool[rows], new long[rows], new long[rows]);
        }
    }

    /// <summary>Adds the times, Unix microseconds.</summary>
    /// <exception cref="DamagedFileException">A time is not in the hour.</exception>
    public void TakeTimes(ReadOnlySpan<long> times)
    {
        for (var row = 0; row < times.Length; row++)
        {
            var time = times[row] - _hourStart;
            _times[row] = time is >= 0 and <= uint.MaxValue ? (uint)time : throw new DamagedFileException("a row belongs to another hour");
        }
    }

    public void TakeKinds(ReadOnlySpan<uint> indices, PlainTexts texts)
    {
        Span<RecordKind> kinds = stackalloc RecordKind[Math.Min(texts.Count, 4)];
        if (texts.Count > kinds.Length)
        {
            throw new DamagedFileException("type: unknown value");
        }

        for (var n = 0; n < kinds.Length; n++)
        {
            var text = texts[n];
            kinds[n] = text.SequenceEqual(Connect) ? RecordKind.Connect : text.SequenceEqual(Accept) ? RecordKind.Accept : text.SequenceEqual(Close) ? RecordKind.Close : RecordKind.Flow;
        }

        for (var row = 0; row < indices.Length; row++)
        {
            _kinds[row] = kinds[(int)indices[row]];
        }
    }

    /// <summary>Adds each row's key.</summary>
    /// <param name="numbers">The keys' numbers; borrowed until the next row group.</param>
    /// <param name="count">The number of keys so far.</param>
    public void TakeKeys(uint[] numbers, int count)
    {
        if (_sums.Length < count)
        {
            Array.Resize(ref _sums, Math.Max(count, _count + _count / 2));
        }

        _sums.AsSpan(_count, count - _count).Fill(KeySums.Empty);
        (_count, _numbers) = (count, numbers);
        for (var row = 0; row < _rows; row++)
        {
            _sums[numbers[row]].Count(_kinds[row], _times[row]);
        }
    }

    /// <summary>Adds the latencies in microseconds; only those of CONNECT events count.</summary>
    public void TakeLatencies(ReadOnlySpan<long> latencies, Presence? presence)
    {
        for (var n = 0; n < latencies.Length; n++)
        {
            var row = RowOf(presence, n);
            if (_kinds[row] == RecordKind.Connect)
            {
                _latencies.Add(_numbers[row], LatencyHistogram.BucketOf(Math.Max(0, latencies[n])));
            }
        }
    }

    /// <summary>Adds the total bytes of connections.</summary>
    public void TakeTotals(bool areSent, ReadOnlySpan<long> totals, Presence? presence)
    {
        if (!_areDeltasKnown)
        {
            var ofRows = areSent ? _totalsSent : _totalsReceived;
            for (var n = 0; n < totals.Length; n++)
            {
                ofRows[RowOf(presence, n)] = totals[n];
            }
        }
    }

    /// <summary>Adds the retransmitted segments; only those of CLOSE events count.</summary>
    public void TakeRetransmits(ReadOnlySpan<long> retransmits, Presence? presence)
    {
        for (var n = 0; n < retransmits.Length; n++)
        {
            var row = RowOf(presence, n);
            if (_kinds[row] == RecordKind.Close)
            {
                ref var sums = ref _sums[_numbers[row]];
                sums.Retransmits = RollupSums.Sum(sums.Retransmits, Math.Max(0, retransmits[n]));
            }
        }
    }

    /// <summary>Adds the bytes since each connection's previous FLOW; for a CLOSE without them, the connection's total.</summary>
    public void TakeDeltas(bool areSent, ReadOnlySpan<long> deltas, Presence? presence)
    {
        if (!_areDeltasKnown)
        {
            _hasDelta.AsSpan(0, _rows).Clear();
        }

        for (var n = 0; n < deltas.Length; n++)
        {
            var row = RowOf(presence, n);
            Add(areSent, row, deltas[n]);
            if (!_areDeltasKnown)
            {
                _hasDelta[row] = true;
            }
        }

        for (var row = 0; !_areDeltasKnown && row < _rows; row++)
        {
            if (_kinds[row] == RecordKind.Close && !_hasDelta[row])
            {
                Add(areSent, row, (areSent ? _totalsSent : _totalsReceived)[row]);
            }
        }
    }

    /// <summary>Must be called after the last row group and before the methods below.</summary>
    public void Settle() => _latencies.Settle(_count);

    /// <summary>Returns a key's sums.</summary>
    public RollupSums SumsOf(int number) => _sums[number].ToRollup(_hourStart);

    /// <summary>Returns a key's histogram as text; empty if it has none. Valid until the next call.</summary>
    public ReadOnlySpan<byte> LatencyOf(int number) => _latencies.TextOf(number);

    /// <summary>Removes all sums; keeps the memory.</summary>
    /// <param name="hour">The hour of the following events.</param>
    public void Clear(Hour hour)
    {
        (_count, _hourStart) = (0, hour.Start / 1000);
        _latencies.Clear();
    }

    private void Add(bool areSent, int row, long bytes)
    {
        ref var sums = ref _sums[_numbers[row]];
        ref var sum = ref areSent ? ref sums.BytesSent : ref sums.BytesReceived;
        sum = RollupSums.Sum(sum, Math.Max(0, bytes));
    }

    private static int RowOf(Presence? presence, int value) => presence is null ? value : presence.Rows[value];
}

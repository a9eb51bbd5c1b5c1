using NetMon.Events;
using NetMon.Pipeline.Batch;

namespace NetMon.Pipeline.Order;

/// <summary>
/// Puts the records of several rings into the order of their times. Each ring is nearly in order by itself, so what lies
/// between two ticks is a few ascending runs, which are merged; a watermark says which of them are complete. Holds at
/// most about what the rings hold. Not thread-safe.
/// </summary>
public sealed class EventOrder
{
    private const int InitialCapacity = 4096;

    private ConnectionRecord[] _records = new ConnectionRecord[InitialCapacity];
    private ConnectionRecord[] _younger = [];
    private int[] _sorted = new int[InitialCapacity];
    private int[] _merged = new int[InitialCapacity];
    private int _count;
    private int _released;
    private int _taken;
    private ulong _watermark;

    /// <summary>What was added to the clock of the records at the last release.</summary>
    public long ClockOffsetNanoseconds { get; private set; }

    /// <summary>True while released events wait to be taken.</summary>
    public bool HasReleased => _taken < _released;

    /// <summary>Records that came after the watermark had passed their time: they go out late, not lost.</summary>
    public long Late { get; private set; }

    /// <summary>Records held.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Holds a copy of a record until a tick releases it.</summary>
    public void Add(in ConnectionRecord record)
    {
        if (_count == _records.Length)
        {
            Array.Resize(ref _records, 2 * _count);
        }

        if (record.KtimeNanoseconds < _watermark)
        {
            Late++;
        }

        _records[_count++] = record;
    }

    /// <summary>Releases what is older than the watermark, oldest first. What was released before must all be taken.</summary>
    public void Release(ulong watermark, long clockOffsetNanoseconds)
    {
        ClockOffsetNanoseconds = clockOffsetNanoseconds;
        _watermark = Math.Max(watermark, _watermark);
        RunMerge.Sort(_records.AsSpan(0, _count), ref _sorted, ref _merged);
        _taken = 0;
        _released = CountUpTo(_watermark);
    }

    /// <summary>Moves released events into a batch until it is full or there are no more.</summary>
    public void TakeInto(EventBatch batch)
    {
        while (_taken < _released && !batch.IsFull)
        {
            ref var record = ref _records[_sorted[_taken++]];
            ref var to = ref batch.Add();
            to.UnixNanoseconds = (long)record.KtimeNanoseconds + ClockOffsetNanoseconds;
            (to.Container, to.Peer) = (null, null);
            to.Record = record;
        }

        batch.WatermarkUnixNanoseconds = HasReleased ? TimeOf(_taken) // the next batch has events of this watermark still
            : _watermark > long.MaxValue / 2 ? LastTime()
            : (long)_watermark + ClockOffsetNanoseconds;
        if (_taken == _released)
        {
            DropTaken();
        }
    }

    /// <summary>At the end of the stream time stands where the last event was.</summary>
    private long LastTime() => _count == 0 ? 0 : TimeOf(_count - 1);

    private long TimeOf(int place) => (long)_records[_sorted[place]].KtimeNanoseconds + ClockOffsetNanoseconds;

    /// <summary>How many of the sorted records are not younger than the watermark.</summary>
    private int CountUpTo(ulong watermark)
    {
        var (low, high) = (0, _count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = _records[_sorted[middle]].KtimeNanoseconds <= watermark ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    /// <summary>Keeps only what was not released, at the front and still in order.</summary>
    private void DropTaken()
    {
        var kept = _count - _released;
        if (kept > 0)
        {
            // Few: what was written between the reading of the source's time and the end of the drain.
            if (_younger.Length < kept)
            {
                _younger = new ConnectionRecord[_records.Length];
            }

            for (var i = 0; i < kept; i++)
            {
                _younger[i] = _records[_sorted[_released + i]];
            }

            (_records, _younger) = (_younger, _records);
        }

        (_count, _released, _taken) = (kept, 0, 0);
    }
}

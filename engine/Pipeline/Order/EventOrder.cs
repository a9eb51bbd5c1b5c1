using NetMon.Events;
using NetMon.Pipeline.Batch;

namespace NetMon.Pipeline.Order;

/// <summary>
/// Sorts the records of several rings by time. Each ring is nearly sorted, so that the records between two watermarks are a few ascending
/// runs, which are merged; a watermark determines which records are complete. Holds about as much as the rings at most. Not thread-safe.
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

    /// <summary>The offset that the last release added to the clock of the records.</summary>
    public long ClockOffsetNanoseconds { get; private set; }

    /// <summary>Whether released events wait to be taken.</summary>
    public bool HasReleased => _taken < _released;

    /// <summary>The number of records that arrived after the watermark had passed their time. They are released late, not lost.</summary>
    public long Late { get; private set; }

    /// <summary>The number of records held.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Copies a record and holds it until a watermark releases it.</summary>
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

    /// <summary>Releases records older than the watermark, oldest first. All records released before must have been taken.</summary>
    public void Release(ulong watermark, long clockOffsetNanoseconds)
    {
        ClockOffsetNanoseconds = clockOffsetNanoseconds;
        _watermark = Math.Max(watermark, _watermark);
        RunMerge.Sort(_records.AsSpan(0, _count), ref _sorted, ref _merged);
        _taken = 0;
        _released = CountUpTo(_watermark);
    }

    /// <summary>Moves released events into a batch until it is full or none are left.</summary>
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

        batch.WatermarkUnixNanoseconds = HasReleased ? TimeOf(_taken) // the next batch has more events of this watermark
            : _watermark > long.MaxValue / 2 ? LastTime()
            : (long)_watermark + ClockOffsetNanoseconds;
        if (_taken == _released)
        {
            DropTaken();
        }
    }

    /// <summary>At the end of the stream, time stops at the last event.</summary>
    private long LastTime() => _count == 0 ? 0 : TimeOf(_count - 1);

    private long TimeOf(int place) => (long)_records[_sorted[place]].KtimeNanoseconds + ClockOffsetNanoseconds;

    /// <summary>Counts the sorted records up to the watermark.</summary>
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

    /// <summary>Moves the records that were not released to the front, in order.</summary>
    private void DropTaken()
    {
        var kept = _count - _released;
        if (kept > 0)
        {
            // Few: those written between the reading of the source's time and the end of the drain.
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

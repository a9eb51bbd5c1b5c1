using NetMon.Events;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>
/// The rows of an hour's batches in the order of time. Batches are taken up in the order of their first row, and only as
/// long as others of the same time are not done: usually one or two are in memory, and <see cref="MostOpen"/> at the
/// most. An hour that is more disordered than that comes out in nearly the right order. One thread.
/// </summary>
internal sealed class BatchMerge(IReadOnlyList<Func<HotSegmentReader>> segments)
{
    /// <summary>Each has three quarters of a MiB.</summary>
    public const int MostOpen = 24;

    private readonly PriorityQueue<Cursor, (long Time, int Segment, long Position)> _open = new();
    private readonly Stack<Cursor> _spare = new();

    /// <summary>Gives every row once.</summary>
    /// <param name="places">All batches.</param>
    /// <param name="take">Called with a batch, the index of the next row in it, and how many rows after each other come next.</param>
    /// <exception cref="IOException">A batch can't be read any more.</exception>
    public void Run(IEnumerable<BatchPlace> places, Action<HotBatch, int, int> take)
    {
        var waiting = new Queue<BatchPlace>(places.OrderBy(place => place.First).ThenBy(place => place.Segment).ThenBy(place => place.Position));
        try
        {
            while (waiting.Count > 0 || _open.Count > 0)
            {
                while (waiting.Count > 0 && _open.Count < MostOpen && (_open.Count == 0 || waiting.Peek().First <= _open.Peek().Time))
                {
                    Open(waiting.Dequeue());
                }

                var cursor = _open.Dequeue();
                var until = Math.Min(
                    _open.Count > 0 ? _open.Peek().Time : long.MaxValue,
                    waiting.Count > 0 && _open.Count + 1 < MostOpen ? waiting.Peek().First : long.MaxValue);
                cursor.TakeUntil(until, take);
                Put(cursor);
            }
        }
        finally
        {
            Close();
        }
    }

    private void Open(BatchPlace place)
    {
        var cursor = _spare.TryPop(out var spare) && spare.Segment == place.Segment ? spare : Replace(spare, place.Segment);
        cursor.Load(place);
        Put(cursor);
    }

    private Cursor Replace(Cursor? spare, int segment)
    {
        spare?.Dispose();
        return new Cursor(segment, segments[segment]());
    }

    private void Put(Cursor cursor)
    {
        if (cursor.IsDone)
        {
            _spare.Push(cursor);
        }
        else
        {
            _open.Enqueue(cursor, (cursor.Time, cursor.Segment, cursor.Position));
        }
    }

    private void Close()
    {
        while (_open.TryDequeue(out var cursor, out _))
        {
            cursor.Dispose();
        }

        while (_spare.TryPop(out var cursor))
        {
            cursor.Dispose();
        }
    }

    /// <summary>A batch in memory and how far it has been taken.</summary>
    private sealed class Cursor(int segment, HotSegmentReader reader) : IDisposable
    {
        private readonly int[] _order = new int[HotLimits.BatchRows];
        private readonly long[] _times = new long[HotLimits.BatchRows];
        private int _next;
        private bool _sorted;

        public int Segment => segment;

        public long Position { get; private set; }

        public bool IsDone => _next == reader.Batch.Rows;

        public long Time => _times[_next];

        private int Row => _sorted ? _next : _order[_next];

        /// <summary>Takes rows before a time, and one at the least.</summary>
        public void TakeUntil(long until, Action<HotBatch, int, int> take)
        {
            do
            {
                var (first, count) = (Row, 1);
                while (++_next < reader.Batch.Rows && Time < until && Row == first + count)
                {
                    count++;
                }

                take(reader.Batch, first, count);
            }
            while (!IsDone && Time < until);
        }

        public void Load(BatchPlace place)
        {
            if (!reader.TryReadAt(place.Position, place.Containers))
            {
                throw new IOException($"a batch at byte {place.Position} of a hot segment is not what it was a moment ago: somebody has written to the file");
            }

            (_next, _sorted, Position) = (0, place.IsSorted, place.Position);
            var rows = reader.Batch.Rows;
            reader.Batch.Timestamps.CopyTo(_times);
            if (!_sorted)
            {
                for (var row = 0; row < rows; row++)
                {
                    _order[row] = row;
                }

                _times.AsSpan(0, rows).Sort(_order.AsSpan(0, rows));
            }
        }

        public void Dispose() => reader.Dispose();
    }
}

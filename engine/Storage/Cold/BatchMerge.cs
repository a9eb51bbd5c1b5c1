using System.Runtime.InteropServices;
using NetMon.Events.Columns;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>
/// Merges the rows of batches by time. Batches are opened in the order of their first row, and stay open while they overlap: usually
/// one or two are open, at most <see cref="MostOpen"/>. Rows that are more disordered than that come out in nearly the right order.
/// Not thread-safe.
/// </summary>
/// <param name="columns">Reads the columns of the segments; borrowed.</param>
internal sealed class BatchMerge(SegmentColumns columns)
{
    /// <summary>The maximum number of open batches. Each keeps the times of its rows in memory, 48 KiB.</summary>
    public const int MostOpen = 24;

    private static readonly int TimeColumn = HotColumns.IndexOf(EventFields.Time);

    private readonly PriorityQueue<Cursor, (long Time, int Segment, long Position)> _open = new();
    private readonly Stack<Cursor> _spare = new();

    /// <summary>Yields every row once.</summary>
    /// <param name="places">All batches.</param>
    /// <param name="take">Called with a batch, the index of the next row in it, and the number of consecutive rows to take.</param>
    /// <exception cref="IOException">A batch can't be read any more.</exception>
    public void Run(IEnumerable<BatchPlace> places, Action<BatchPlace, int, int> take)
    {
        var waiting = new Queue<BatchPlace>(places.OrderBy(place => place.First).ThenBy(place => place.Segment).ThenBy(place => place.Position));
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

    private void Open(BatchPlace place)
    {
        var cursor = _spare.TryPop(out var spare) ? spare : new Cursor();
        cursor.Load(place, columns);
        Put(cursor);
    }

    private void Put(Cursor cursor)
    {
        if (cursor.IsDone)
        {
            _spare.Push(cursor);
        }
        else
        {
            _open.Enqueue(cursor, (cursor.Time, cursor.Place.Segment, cursor.Place.Position));
        }
    }

    /// <summary>An open batch and its position.</summary>
    private sealed class Cursor
    {
        private readonly int[] _order = new int[HotLimits.BatchRows];
        private readonly long[] _times = new long[HotLimits.BatchRows];
        private int _next;

        public BatchPlace Place { get; private set; } = null!;

        public bool IsDone => _next == Place.Rows;

        public long Time => _times[_next];

        private int Row => Place.IsSorted ? _next : _order[_next];

        /// <summary>Takes the rows before a time, and at least one.</summary>
        public void TakeUntil(long until, Action<BatchPlace, int, int> take)
        {
            do
            {
                var (first, count) = (Row, 1);
                while (++_next < Place.Rows && Time < until && Row == first + count)
                {
                    count++;
                }

                take(Place, first, count);
            }
            while (!IsDone && Time < until);
        }

        public void Load(BatchPlace place, SegmentColumns columns)
        {
            (_next, Place) = (0, place);
            var times = _times.AsSpan(0, place.Rows);
            columns.Read(place, TimeColumn, 0, MemoryMarshal.AsBytes(times));
            if (!place.IsSorted)
            {
                for (var row = 0; row < place.Rows; row++)
                {
                    _order[row] = row;
                }

                times.Sort(_order.AsSpan(0, place.Rows));
            }
        }
    }
}

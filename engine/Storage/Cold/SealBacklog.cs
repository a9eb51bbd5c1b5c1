namespace NetMon.Storage.Cold;

/// <summary>
/// Files that wait to be sealed. Segments are grouped by hour, so that a piece takes several of them after a delay, and an hour that is
/// over takes the rest. Not thread-safe: <see cref="SealWorker"/> holds a lock.
/// </summary>
internal sealed class SealBacklog
{
    /// <summary>The maximum number of waiting hours. Files of further hours stay in hot/ until the next start.</summary>
    private const int MostHours = 1024;

    /// <summary>The maximum number of segments, and so of row groups, of a piece. More would save little, and have more keys than are summed up at once.</summary>
    private const int MostSegments = 3;

    private readonly SortedDictionary<long, Waiting> _hours = [];
    private readonly SortedDictionary<long, Waiting> _losses = [];
    private readonly SortedDictionary<long, Waiting> _owners = [];

    public bool IsEmpty => _hours.Count + _losses.Count + _owners.Count == 0;

    /// <summary>When the first waiting job is due, in milliseconds of Environment.TickCount64. Must not be called when empty.</summary>
    public long NextDue => All.Min(waiting => waiting.DueAt);

    /// <summary>The waiting hours.</summary>
    public IEnumerable<Hour> Hours => All.Select(waiting => waiting.Hour);

    private IEnumerable<Waiting> All => _hours.Values.Concat(_losses.Values).Concat(_owners.Values);

    /// <summary>Adds a job; false if too many hours are waiting.</summary>
    /// <param name="job">The files and what to make of them.</param>
    /// <param name="dueAt">The earliest time, in milliseconds of Environment.TickCount64.</param>
    public bool TryAdd(SealJob job, long dueAt = 0)
    {
        var hours = job.Kind switch { SealKind.Losses => _losses, SealKind.Owners => _owners, _ => _hours };
        if (!hours.TryGetValue(job.Hour.Index, out var waiting))
        {
            if (hours.Count >= MostHours)
            {
                return false;
            }

            hours.Add(job.Hour.Index, waiting = new Waiting(job.Hour));
        }

        waiting.Paths.InsertRange(dueAt == 0 ? waiting.Paths.Count : 0, job.Paths); // a job that is put back keeps its place
        waiting.IsOver |= job.Kind != SealKind.Piece;
        waiting.DueAt = Math.Max(waiting.DueAt, dueAt);
        waiting.Faults = Math.Max(waiting.Faults, job.Faults);
        return true;
    }

    /// <summary>Removes and returns the next job: losses first, then owners, hours that are over, pieces; the oldest of each first.</summary>
    /// <param name="now">Milliseconds of Environment.TickCount64; long.MaxValue: every job is due.</param>
    /// <returns>Null if no job is due.</returns>
    public SealJob? Take(long now)
    {
        if (_losses.Values.FirstOrDefault(waiting => waiting.DueAt <= now) is { } losses)
        {
            _losses.Remove(losses.Hour.Index);
            return new SealJob(SealKind.Losses, losses.Hour, losses.Paths, losses.Faults);
        }

        if (_owners.Values.FirstOrDefault(waiting => waiting.DueAt <= now) is { } owners)
        {
            _owners.Remove(owners.Hour.Index);
            return new SealJob(SealKind.Owners, owners.Hour, [], owners.Faults);
        }

        var hour = _hours.Values.FirstOrDefault(waiting => waiting.DueAt <= now && waiting.IsOver) ?? _hours.Values.FirstOrDefault(waiting => waiting.DueAt <= now);
        if (hour is null)
        {
            return null;
        }

        if (hour.Paths.Count <= MostSegments)
        {
            _hours.Remove(hour.Hour.Index);
            return new SealJob(hour.IsOver ? SealKind.Hour : SealKind.Piece, hour.Hour, hour.Paths, hour.Faults);
        }

        var first = hour.Paths[..MostSegments];
        hour.Paths.RemoveRange(0, MostSegments);
        return new SealJob(SealKind.Piece, hour.Hour, first);
    }

    /// <summary>A waiting hour.</summary>
    private sealed class Waiting(Hour hour)
    {
        public Hour Hour { get; } = hour;

        /// <summary>In the order of writing.</summary>
        public List<string> Paths { get; } = [];

        /// <summary>Whether the hour receives no more rows.</summary>
        public bool IsOver { get; set; }

        /// <summary>The earliest time, in milliseconds of Environment.TickCount64.</summary>
        public long DueAt { get; set; }

        /// <summary>As <see cref="SealJob.Faults"/>.</summary>
        public int Faults { get; set; }
    }
}

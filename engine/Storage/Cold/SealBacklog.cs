namespace NetMon.Storage.Cold;

/// <summary>
/// What waits to be sealed. Segments wait by hour, so that whoever is behind takes several of them into one piece, and an hour that is
/// over takes what is left of it. Not thread-safe: <see cref="SealWorker"/> has the lock.
/// </summary>
internal sealed class SealBacklog
{
    /// <summary>Hours that may wait. The files of others stay in hot/ until the next start.</summary>
    private const int MostHours = 1024;

    /// <summary>Segments of a piece: so many row groups. More would save little, and have more keys than are summed up at once.</summary>
    private const int MostSegments = 3;

    private readonly SortedDictionary<long, Waiting> _hours = [];
    private readonly SortedDictionary<long, Waiting> _losses = [];
    private readonly SortedDictionary<long, Waiting> _owners = [];

    public bool IsEmpty => _hours.Count + _losses.Count + _owners.Count == 0;

    /// <summary>When the first of what waits may be tried; milliseconds of Environment.TickCount64. Not when it is empty.</summary>
    public long NextDue => All.Min(waiting => waiting.DueAt);

    /// <summary>The hours that wait.</summary>
    public IEnumerable<Hour> Hours => All.Select(waiting => waiting.Hour);

    private IEnumerable<Waiting> All => _hours.Values.Concat(_losses.Values).Concat(_owners.Values);

    /// <summary>Takes files; false if too many hours wait already.</summary>
    /// <param name="job">What is to be made of them.</param>
    /// <param name="dueAt">Not before that; milliseconds of Environment.TickCount64.</param>
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

        waiting.Paths.InsertRange(dueAt == 0 ? waiting.Paths.Count : 0, job.Paths); // what is put back came first
        waiting.IsOver |= job.Kind != SealKind.Piece;
        waiting.DueAt = Math.Max(waiting.DueAt, dueAt);
        waiting.Faults = Math.Max(waiting.Faults, job.Faults);
        return true;
    }

    /// <summary>Takes out what is to be done next: losses, owners, hours that are over, pieces; each the oldest first.</summary>
    /// <param name="now">Milliseconds of Environment.TickCount64; long.MaxValue: everything is due.</param>
    /// <returns>Null if nothing is due.</returns>
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

    /// <summary>An hour that waits.</summary>
    private sealed class Waiting(Hour hour)
    {
        public Hour Hour { get; } = hour;

        /// <summary>In the order of writing.</summary>
        public List<string> Paths { get; } = [];

        /// <summary>Whether no more rows of it will come.</summary>
        public bool IsOver { get; set; }

        /// <summary>Not before that; milliseconds of Environment.TickCount64.</summary>
        public long DueAt { get; set; }

        /// <summary>As <see cref="SealJob.Faults"/>.</summary>
        public int Faults { get; set; }
    }
}

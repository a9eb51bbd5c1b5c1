using NetMon.Parquet.Reading;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Makes roll-ups of pieces, from sums made while the pieces were written, or by reading back pieces that a crash or a failure left
/// without sums. For the sealing thread.
/// </summary>
/// <param name="capture">The capture directory; borrowed.</param>
/// <param name="options">How many events make a roll-up.</param>
/// <param name="failures">Logs what must be retried later.</param>
/// <param name="hot">Receives the roll-ups; borrowed.</param>
internal sealed class PieceRollups(CaptureDirectory capture, CaptureSinkOptions options, FailureLog failures, HotRollups hot)
{
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _rowsOf = new(StringComparer.Ordinal); // of verified pieces that wait to be summed up
    private RollupFiles? _files;
    private PieceSums? _sums;

    /// <summary>Writes the files; allocates their memory, which is kept until <see cref="Forget"/>.</summary>
    public RollupFiles Files => _files ??= new RollupFiles(capture, options);

    /// <summary>Sums up pieces while they are written.</summary>
    public PieceSums Sums => _sums ??= new PieceSums(Files.Sums, failure => failures.Failed(failure, rowsLost: 0));

    /// <summary>Whether the sums are enough for a roll-up.</summary>
    public bool AreSumsMany => Sums.AreMany || Sums.Events >= options.RollupEvents;

    /// <summary>Makes roll-ups of the pieces that have none yet. Damaged pieces are left to the sealed file.</summary>
    /// <param name="hour">Their hour.</param>
    /// <param name="pieces">All pieces of the hour.</param>
    /// <param name="isLast">Whether no more will come; otherwise pieces wait until they are enough for a roll-up.</param>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public void Cover(Hour hour, IEnumerable<string> pieces, bool isLast)
    {
        if (isLast)
        {
            CoverSummedUp();
        }

        List<string> together = [];
        var events = 0L;
        foreach (var path in pieces.Where(path => !IsCovered(hour, CapturePaths.NameOf(path))).ToList())
        {
            try
            {
                if (!_rowsOf.TryGetValue(path, out var rows))
                {
                    _rowsOf.Add(path, rows = Files.Verify(path));
                }

                events += rows;
                together.Add(path);
            }
            catch (DamagedFileException damage)
            {
                _damaged.Add(CapturePaths.NameOf(path));
                failures.Failed(damage, rowsLost: 0);
            }

            if (events >= options.RollupEvents)
            {
                ReadBack(hour, together);
                (together, events) = ([], 0);
            }
        }

        if (isLast && together.Count > 0)
        {
            ReadBack(hour, together);
        }
    }

    /// <summary>Makes a roll-up of the pieces that were summed up while they were written. If it fails, they are read back later.</summary>
    /// <exception cref="IOException">A file can't be written.</exception>
    public void CoverSummedUp()
    {
        if (_sums is not { } sums || !sums.TrySettle())
        {
            return;
        }

        var (hour, origin) = (sums.Hour, new RollupOrigin([.. sums.Pieces], sums.Events, Level: 0));
        try
        {
            hot.Publish(Files, hour, Files.Sums.Complete(origin.Pieces, names: null), origin);
        }
        finally
        {
            sums.Drop(hour);
        }
    }

    private bool IsCovered(Hour hour, string piece) =>
        _damaged.Contains(piece) || hot.Of(hour).Covers(piece) || (_sums is { } sums && sums.Hour == hour && sums.Pieces.Contains(piece));

    private void ReadBack(Hour hour, List<string> paths)
    {
        CoverSummedUp();
        paths.ForEach(path => _rowsOf.Remove(path));
        string[] names = [.. paths.Select(CapturePaths.NameOf)];
        try
        {
            var (partial, events) = Files.FromEvents(hour, paths, names, names: null);
            hot.Publish(Files, hour, partial, new RollupOrigin(names, events, Level: 0));
        }
        catch (DamagedFileException damage)
        {
            _damaged.UnionWith(names);
            failures.Failed(damage, rowsLost: 0);
        }
    }

    /// <summary>Forgets which pieces are damaged, after their hour was sealed.</summary>
    public void ForgetDamage() => _damaged.Clear();

    /// <summary>Releases the buffers, which have the size of a row group.</summary>
    public void Forget()
    {
        _files?.Dispose();
        (_files, _sums) = (null, null);
    }
}

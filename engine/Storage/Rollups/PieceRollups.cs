using NetMon.Parquet.Reading;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Makes roll-ups of pieces: of what was summed up while they were written, and of those that a crash or a failure left without sums by
/// reading them back. The thread that seals.
/// </summary>
/// <param name="capture">Where they are; borrowed.</param>
/// <param name="options">How many events make a roll-up.</param>
/// <param name="failures">Told of what has to be done again later.</param>
/// <param name="hot">Gets the roll-ups; borrowed.</param>
internal sealed class PieceRollups(CaptureDirectory capture, CaptureSinkOptions options, FailureLog failures, HotRollups hot)
{
    private readonly HashSet<string> _damaged = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _rowsOf = new(StringComparer.Ordinal); // of pieces that were verified and wait to be summed up
    private RollupFiles? _files;
    private PieceSums? _sums;

    /// <summary>Makes the files; with the memory for that, until <see cref="Forget"/>.</summary>
    public RollupFiles Files => _files ??= new RollupFiles(capture, options);

    /// <summary>Sums up pieces while they are written.</summary>
    public PieceSums Sums => _sums ??= new PieceSums(Files.Sums, failure => failures.Failed(failure, rowsLost: 0));

    /// <summary>Whether enough was summed up for a roll-up.</summary>
    public bool AreSumsMany => Sums.AreMany || Sums.Events >= options.RollupEvents;

    /// <summary>Makes roll-ups of those pieces that have none yet. What is damaged is left to the sealed file.</summary>
    /// <param name="hour">Theirs.</param>
    /// <param name="pieces">All that there are.</param>
    /// <param name="isLast">Whether no more will come: else those wait that are not enough to be summed up together.</param>
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

    /// <summary>Makes a roll-up of the pieces that were summed up while they were written; if it fails they are read back.</summary>
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

    /// <summary>An hour is sealed: what was damaged of it does not matter any more.</summary>
    public void ForgetDamage() => _damaged.Clear();

    /// <summary>Gives the buffers, which are as large as a row group, back.</summary>
    public void Forget()
    {
        _files?.Dispose();
        (_files, _sums) = (null, null);
    }
}

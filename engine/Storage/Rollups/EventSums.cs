using NetMon.Parquet;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Sums up row groups of an hour in a table. What does not fit goes to temporary roll-ups, which are merged at the end. Memory is
/// reused. Not thread-safe.
/// </summary>
/// <param name="files">Writes the roll-ups; borrowed.</param>
internal sealed class EventSums(RollupFiles files) : IRowGroupTap
{
    /// <summary>The number of keys, 80 bytes each, from which on the table should become a roll-up.</summary>
    private const int ManyKeys = 100_000;

    /// <summary>The maximum number of keys before a row group, which may add as many keys as it has rows.</summary>
    private const int MostKeys = 2 * ManyKeys;

    /// <summary>The number of rows of a row group from which on memory for <see cref="ManyKeys"/> is preallocated.</summary>
    private const int ManyRows = 122_880;

    private readonly EventTable _table = new();
    private readonly List<string> _parts = [];

    /// <summary>The hour of the events.</summary>
    public Hour Hour { get; private set; }

    /// <summary>The number of events since <see cref="Begin"/>.</summary>
    public long Events { get; private set; }

    /// <summary>Whether a roll-up should be made of the events before others are added.</summary>
    public bool AreMany => _table.Count >= ManyKeys || _parts.Count > 0;

    /// <summary>Removes all events.</summary>
    /// <param name="hour">The hour of the following events.</param>
    public void Begin(Hour hour)
    {
        files.DeleteAll(_parts);
        _parts.Clear();
        (Hour, Events) = (hour, 0);
        _table.Clear(hour);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">A temporary file can't be written; the sums are invalid then.</exception>
    public void BeginRowGroup(int rows, bool areDeltasKnown)
    {
        if (_table.Count >= MostKeys)
        {
            WritePart();
        }

        if (rows >= ManyRows)
        {
            _table.Reserve(ManyKeys);
        }

        _table.BeginRowGroup(rows, areDeltasKnown);
        Events += rows;
    }

    /// <inheritdoc/>
    public void Take(string column, ReadOnlySpan<long> numbers, Presence? presence) => _table.Take(column, numbers, presence);

    /// <inheritdoc/>
    public void Take(string column, ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence) => _table.Take(column, indices, texts, presence);

    /// <inheritdoc/>
    public void EndRowGroup() => _table.EndRowGroup();

    /// <summary>Writes the roll-up as a temporary file, removes the events and returns the file's path.</summary>
    /// <param name="pieces">Names of the files that the roll-up lists.</param>
    /// <param name="names">Names of containers without any; null: none are available.</param>
    /// <exception cref="IOException">The file can't be written; the events are removed nevertheless.</exception>
    public string Complete(IReadOnlyCollection<string> pieces, LateNames? names)
    {
        try
        {
            if (_parts.Count == 0)
            {
                return files.Write(Hour, new RollupOrigin(pieces, Events, Level: 0), isLast: true, writer => _table.Write(writer, names));
            }

            WritePart();
            return files.Merge(Hour, _parts, new RollupOrigin(pieces, Events, Level: 0), names);
        }
        finally
        {
            Begin(Hour);
        }
    }

    private void WritePart()
    {
        _parts.Add(files.Write(Hour, new RollupOrigin([], _table.Events, Level: 0), isLast: false, writer => _table.Write(writer, names: null)));
        _table.Clear(Hour);
    }
}

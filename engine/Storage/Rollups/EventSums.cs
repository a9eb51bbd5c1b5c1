using NetMon.Parquet;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Sums up row groups of an hour: in a table, and what does not fit in one in unfinished roll-ups that are merged at the end. Keeps its memory
/// from use to use. One thread.
/// </summary>
/// <param name="files">Writes them; borrowed.</param>
internal sealed class EventSums(RollupFiles files) : IRowGroupTap
{
    /// <summary>Keys from which on a roll-up is made of what there is, 80 bytes each.</summary>
    private const int ManyKeys = 100_000;

    /// <summary>Keys that are summed up in memory at once; a row group may bring as many again as it has rows.</summary>
    private const int MostKeys = 2 * ManyKeys;

    /// <summary>A row group of this many rows has memory made for <see cref="ManyKeys"/> at once.</summary>
    private const int ManyRows = 122_880;

    private readonly EventTable _table = new();
    private readonly List<string> _parts = [];

    /// <summary>The hour of the events.</summary>
    public Hour Hour { get; private set; }

    /// <summary>Events since <see cref="Begin"/>.</summary>
    public long Events { get; private set; }

    /// <summary>Whether a roll-up should be made of them before others are added.</summary>
    public bool AreMany => _table.Count >= ManyKeys || _parts.Count > 0;

    /// <summary>Forgets all events.</summary>
    /// <param name="hour">Of those to come.</param>
    public void Begin(Hour hour)
    {
        files.DeleteAll(_parts);
        _parts.Clear();
        (Hour, Events) = (hour, 0);
        _table.Clear(hour);
    }

    /// <inheritdoc/>
    /// <exception cref="IOException">An unfinished file can't be written: the sums are worth nothing then.</exception>
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

    /// <summary>Writes the roll-up as an unfinished file and forgets the events; returns its path.</summary>
    /// <param name="pieces">Names of the files that it is to list.</param>
    /// <param name="names">For containers without any; null: they stay without.</param>
    /// <exception cref="IOException">It can't: the events are forgotten.</exception>
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

using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Sums up events by key (<see cref="RollupKey"/>), of one row group after the other, in a hash table of fixed-size keys: texts are numbered
/// once, and rows are never objects. Keeps its memory from use to use. One thread.
/// </summary>
internal sealed class EventTable
{
    private readonly EventKeys _keys = new();
    private readonly EventAmounts _amounts = new();

    /// <summary>How many different keys there are.</summary>
    public int Count => _keys.Count;

    /// <summary>Events that were added since <see cref="Clear"/>.</summary>
    public long Events { get; private set; }

    /// <summary>Adds the events of a row group.</summary>
    /// <exception cref="DamagedFileException">It is damaged, or no row group of events: the table is worth nothing then.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public void Add(EventSource events)
    {
        _amounts.Add(events, _keys.Read(events), _keys.Count);
        Events += events.Rows;
    }

    /// <summary>Writes the rows of a roll-up, in the order of their keys.</summary>
    /// <param name="writer">Gets them.</param>
    /// <param name="names">For containers without any; null: they stay without.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(RollupWriter writer, LateNames? names)
    {
        _amounts.Settle();
        foreach (var number in _keys.Ordered())
        {
            _keys.Get(number, out var key, out var known);
            if (names is not null && !known.AreKnown && !key.ContainerId.IsEmpty)
            {
                known = names.Of(key.ContainerId);
            }

            writer.Add(in key, in known, in _amounts.SumsOf(number), _amounts.LatencyOf(number));
        }
    }

    /// <summary>Forgets all events; keeps the memory.</summary>
    public void Clear()
    {
        Events = 0;
        _keys.Clear();
        _amounts.Clear();
    }
}

using NetMon.Parquet;
using NetMon.Parquet.Reading;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Sums up events of an hour by key (<see cref="RollupKey"/>), one row group after the other, in a hash table of fixed-size keys: texts are
/// numbered once, and rows never become objects. Memory is reused. Not thread-safe.
/// </summary>
internal sealed class EventTable : IRowGroupTap
{
    /// <summary>The columns that it uses, in order.</summary>
    public static readonly IReadOnlyList<string> Columns =
    [
        "workload", "workload_kind", "timestamp", "type", "src_ip", "dst_ip", "dst_port", "process", "container_id", "pod_name", "pod_namespace", "container_name", "direction", "result",
        "errno", "latency_us", "bytes_sent", "bytes_received", "retransmits", "delta_sent", "delta_received",
    ];

    private readonly EventKeys _keys = new();
    private readonly EventAmounts _amounts = new();
    private int _taken;
    private int _rows;

    /// <summary>The number of distinct keys.</summary>
    public int Count => _keys.Count;

    /// <summary>The number of events since <see cref="Clear"/>.</summary>
    public long Events { get; private set; }

    /// <summary>Preallocates memory for the expected number of keys, to avoid growing in steps.</summary>
    public void Reserve(int keys)
    {
        _keys.Reserve(keys);
        _amounts.Reserve(keys);
    }

    /// <inheritdoc/>
    public void BeginRowGroup(int rows, bool areDeltasKnown)
    {
        (_rows, _taken) = (rows, 0);
        _keys.Begin(rows);
        _amounts.Begin(rows, areDeltasKnown);
    }

    /// <inheritdoc/>
    /// <exception cref="DamagedFileException">A value can't occur in a file of events; the table is invalid then.</exception>
    public void Take(string column, ReadOnlySpan<long> numbers, Presence? presence)
    {
        if (!IsNext(column))
        {
            return;
        }

        switch (column)
        {
            case "timestamp":
                _amounts.TakeTimes(numbers);
                break;
            case "dst_port":
                _keys.TakePorts(numbers);
                break;
            case "errno":
                _keys.TakeErrors(numbers, presence);
                _amounts.TakeKeys(_keys.Number(), _keys.Count);
                break;
            case "latency_us":
                _amounts.TakeLatencies(numbers, presence);
                break;
            case "bytes_sent":
            case "bytes_received":
                _amounts.TakeTotals(column == "bytes_sent", numbers, presence);
                break;
            case "retransmits":
                _amounts.TakeRetransmits(numbers, presence);
                break;
            default:
                _amounts.TakeDeltas(column == "delta_sent", numbers, presence);
                break;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="DamagedFileException">A value can't occur in a file of events; the table is invalid then.</exception>
    public void Take(string column, ReadOnlySpan<uint> indices, PlainTexts texts, Presence? presence)
    {
        if (!IsNext(column))
        {
            return;
        }

        switch (column)
        {
            case "type":
                _amounts.TakeKinds(indices, texts);
                break;
            case "workload":
                _keys.TakeWorkloads(indices, texts, presence);
                break;
            case "workload_kind":
                _keys.TakeWorkloadKinds(indices, texts, presence);
                break;
            case "src_ip":
                _keys.TakeSources(indices, texts);
                break;
            case "dst_ip":
                _keys.TakeDestinations(indices, texts);
                break;
            case "process":
                _keys.TakeProcesses(indices, texts);
                break;
            case "container_id":
                _keys.TakeContainers(indices, texts, presence);
                break;
            case "direction":
                _keys.TakeDirections(indices, texts);
                break;
            case "result":
                _keys.TakeResults(indices, texts, presence);
                break;
            default:
                _keys.TakeNames(column switch { "pod_name" => 0, "pod_namespace" => 1, _ => 2 }, indices, texts);
                break;
        }
    }

    /// <inheritdoc/>
    public void EndRowGroup()
    {
        if (_taken != Columns.Count)
        {
            throw new InvalidOperationException($"{Columns[_taken]} and the columns after it are missing");
        }

        Events += _rows;
    }

    /// <summary>Writes the rows of a roll-up, sorted by key.</summary>
    /// <param name="writer">Receives the rows.</param>
    /// <param name="names">Names of containers without any; null: none are available.</param>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(RollupWriter writer, LateNames? names)
    {
        _amounts.Settle();
        foreach (var number in _keys.Ordered())
        {
            _keys.Get(number, out var key, out var known);
            if (names is not null && !known.AreKnown && key.IsContainer)
            {
                known = names.Of(key.Owner);
            }

            writer.Add(in key, in known, _amounts.SumsOf(number), _amounts.LatencyOf(number));
        }
    }

    /// <summary>Removes all events; keeps the memory.</summary>
    /// <param name="hour">The hour of the following events.</param>
    public void Clear(Hour hour)
    {
        Events = 0;
        _keys.Clear();
        _amounts.Clear(hour);
    }

    private bool IsNext(string column)
    {
        var isNext = _taken < Columns.Count && Columns[_taken] == column;
        _taken += isNext ? 1 : 0;
        return isNext;
    }
}

using BenchmarkDotNet.Attributes;
using NetMon.Bench;
using NetMon.Events;
using NetMon.Parquet;
using NetMon.Storage.Cold;
using NetMon.Storage.Columns;
using NetMon.Storage.Hot;

namespace NetMon.Micro.Stages;

/// <summary>
/// A segment's batches into a row group of a piece: sorted, then packed, compressed and written to /dev/null column by column.
/// </summary>
public class RowGroups
{
    private const int Count = 30 * HotLimits.BatchRows; // 122,880: a row group of the agent
    private readonly RowGroupBuilder _rows = new("node-1", Count, container => container);
    private readonly SegmentColumns _columns = new([() => File.OpenHandle(Segment)]);
    private readonly BatchPlace[] _batches = Batches();

    private static string Segment => Path.Combine(Repository.Root, "artifacts/bench/row-group.arrows");

    [Benchmark(OperationsPerInvoke = Count)]
    public void Parquet_row_group()
    {
        using var file = new PieceFile(new BufferedFile(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write)), _rows, _columns, tap: null);
        foreach (var batch in _batches)
        {
            file.Add(batch, 0, batch.Rows);
        }

        if (file.Rows != Count)
        {
            throw new InvalidOperationException($"{file.Rows} rows of {Count} were written");
        }
    }

    [GlobalCleanup]
    public void Free()
    {
        _rows.Dispose();
        _columns.Dispose();
    }

    /// <summary>Writes the batches in the form of a segment.</summary>
    private static BatchPlace[] Batches()
    {
        var events = StandardEvents.Make(Count).Events;
        var builder = new HotBatchBuilder();
        var dictionaries = new HotDictionaries();
        var batches = new BatchPlace[Count / HotLimits.BatchRows];

        // In the order of the dictionary's numbers: that of first occurrence.
        var dictionary = events.Select(e => e.Container).OfType<ContainerIdentity>().Distinct(ReferenceEqualityComparer.Instance).Cast<ContainerIdentity>().ToArray();
        Directory.CreateDirectory(Path.GetDirectoryName(Segment)!);
        using var segment = File.Create(Segment);
        for (var n = 0; n < batches.Length; n++)
        {
            var rows = events.AsSpan(n * HotLimits.BatchRows, HotLimits.BatchRows);
            var added = builder.Add(rows, dictionaries);
            var message = new byte[builder.MessageLength];
            builder.Write(message);
            builder.Clear();
            batches[n] = new BatchPlace(0, segment.Position, added, rows[0].UnixNanoseconds, rows[^1].UnixNanoseconds, IsSorted: true, IsCurrent: true, dictionary, []);
            segment.Write(message);
        }

        return batches;
    }
}

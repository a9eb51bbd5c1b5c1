using BenchmarkDotNet.Attributes;
using NetMon.Events;
using NetMon.Parquet;
using NetMon.Storage.Cold;
using NetMon.Storage.Columns;
using NetMon.Storage.Hot;

namespace NetMon.Micro.Stages;

/// <summary>Hot batches into a row group of a sealed file: the columns gathered, then packed, compressed and written to /dev/null.</summary>
public class RowGroups
{
    private const int Count = 30 * HotLimits.BatchRows; // 122,880: a row group of the agent's
    private readonly RowGroupBuilder _rows = new("node-1", Count, container => container);
    private readonly HotBatch[] _batches = Batches();

    [Benchmark(OperationsPerInvoke = Count)]
    public void Parquet_rows()
    {
        foreach (var batch in _batches)
        {
            _rows.Add(batch, 0, batch.Rows);
        }

        _rows.Clear();
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Parquet_row_group()
    {
        using var file = new ColdFile(new BufferedFile(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write)), _rows);
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
    public void Free() => _rows.Dispose();

    private static HotBatch[] Batches()
    {
        var events = StandardEvents.Make(Count).Events;
        var builder = new HotBatchBuilder();
        var containers = new ContainerDictionary();
        var batches = new HotBatch[Count / HotLimits.BatchRows];
        for (var n = 0; n < batches.Length; n++)
        {
            var added = builder.Add(events.AsSpan(n * HotLimits.BatchRows, HotLimits.BatchRows), containers);
            var message = new byte[builder.MessageLength];
            builder.Write(message);
            builder.Clear();
            batches[n] = new HotBatch();
            batches[n].Become(message, added);
        }

        // As the dictionary numbers them: in the order in which they came.
        var dictionary = events.Select(e => e.Container).OfType<ContainerIdentity>().Distinct(ReferenceEqualityComparer.Instance).Cast<ContainerIdentity>().ToArray();
        Array.ForEach(batches, batch => batch.SetContainers(dictionary));
        return batches;
    }
}

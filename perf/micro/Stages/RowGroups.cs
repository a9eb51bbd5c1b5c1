using BenchmarkDotNet.Attributes;
using NetMon.Storage.Cold;
using NetMon.Storage.Columns;

namespace NetMon.Micro.Stages;

/// <summary>Events into a row group of a sealed file: the columns gathered, then packed, compressed and written to /dev/null.</summary>
public class RowGroups
{
    private const int Count = 122_880; // a row group of the agent's
    private readonly StandardEvents _events = StandardEvents.Make(Count);
    private readonly RowGroupBuilder _rows = new("node-1", Count);
    private readonly Memory<ReadOnlyMemory<char>> _scratch = new ReadOnlyMemory<char>[Count];

    [Benchmark(OperationsPerInvoke = Count)]
    public void Parquet_rows()
    {
        foreach (ref readonly var e in _events.Events.AsSpan())
        {
            _rows.Add(in e);
        }

        _rows.Clear();
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public void Parquet_row_group()
    {
        using var file = new ColdFile(new ColdStream(File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write)), _rows, _scratch);
        foreach (ref readonly var e in _events.Events.AsSpan())
        {
            file.Add(in e);
        }

        if (file.Rows != Count)
        {
            throw new InvalidOperationException($"{file.Rows} rows of {Count} were written");
        }
    }
}

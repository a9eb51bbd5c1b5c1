using BenchmarkDotNet.Attributes;
using NetMon.Storage.Hot;

namespace NetMon.Micro.Stages;

/// <summary>Events into the Arrow batches of a hot segment, sealed and ready to write.</summary>
public class HotBatches
{
    private const int Count = 32 * HotLimits.BatchRows;
    private readonly StandardEvents _events = StandardEvents.Make(Count);
    private readonly HotBatchBuilder _batch = new();
    private readonly HotDictionaries _dictionaries = new();
    private byte[] _message = [];

    [Benchmark(OperationsPerInvoke = Count)]
    public int Parquet_hot_batch()
    {
        var rows = 0;
        for (var from = 0; from < Count; from += HotLimits.BatchRows)
        {
            rows += _batch.Add(_events.Events.AsSpan(from, HotLimits.BatchRows), _dictionaries);
            if (_message.Length < _batch.MessageLength)
            {
                _message = new byte[_batch.MessageLength];
            }

            _batch.Write(_message.AsSpan(0, _batch.MessageLength));
            _batch.Clear();
        }

        return rows == Count ? rows : throw new InvalidOperationException($"{rows} rows of {Count}");
    }
}

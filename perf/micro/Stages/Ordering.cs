using BenchmarkDotNet.Attributes;
using NetMon.Pipeline.Batch;
using NetMon.Pipeline.Order;

namespace NetMon.Micro.Stages;

/// <summary>Sorts records of two rings by time into batches.</summary>
public class Ordering
{
    private const int Count = 1 << 17;
    private const int Drain = 4096;
    private readonly StandardEvents _events = StandardEvents.Make(Count);
    private readonly EventOrder _order = new();
    private readonly EventBatchPool _pool = new(8);

    /// <summary>
    /// The position by time of the i-th record of a drain that starts there: all records of one ring, then those of the other.
    /// </summary>
    internal static int InDrain(int from, int i, int drain)
    {
        var each = drain / StandardEvents.Rings;
        return from + i / each + i % each * StandardEvents.Rings;
    }

    [Benchmark(OperationsPerInvoke = Count)]
    public int Event_order()
    {
        var taken = 0;
        for (var from = 0; from < Count; from += Drain)
        {
            for (var i = 0; i < Drain; i++)
            {
                _order.Add(in _events.Records[InDrain(from, i, Drain)]);
            }

            _order.Release(_events.Records[from + Drain - 1].KtimeNanoseconds, 0);
            while (_order.HasReleased)
            {
                var batch = _pool.Rent();
                _order.TakeInto(batch);
                taken += batch.Events.Length;
                _pool.Return(batch);
            }
        }

        return taken == Count ? taken : throw new InvalidOperationException($"{taken} of {Count} came out");
    }
}

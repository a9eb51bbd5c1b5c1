using Microsoft.Extensions.ObjectPool;

namespace NetMon.Pipeline.Batch;

/// <summary>A pool of empty batches. Thread-safe.</summary>
/// <param name="mostKept">The maximum number of batches kept for reuse. More may be rented at once; the excess is left to the garbage collector.</param>
public sealed class EventBatchPool(int mostKept)
{
    private readonly ObjectPool<EventBatch> _pool = new DefaultObjectPool<EventBatch>(new Policy(), mostKept);

    /// <summary>Returns an empty batch, which the caller owns until it is passed on or returned.</summary>
    public EventBatch Rent() => _pool.Get();

    /// <summary>Returns a batch to the pool and clears it.</summary>
    public void Return(EventBatch batch) => _pool.Return(batch);

    private sealed class Policy : IPooledObjectPolicy<EventBatch>
    {
        public EventBatch Create() => new();

        public bool Return(EventBatch obj)
        {
            obj.Clear();
            return true;
        }
    }
}

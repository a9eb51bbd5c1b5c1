using Microsoft.Extensions.ObjectPool;

namespace NetMon.Pipeline.Batch;

/// <summary>Empty batches for reuse. Any thread.</summary>
/// <param name="mostKept">Batches kept for reuse; more may be out at once, and those beyond are left to the garbage collector.</param>
public sealed class EventBatchPool(int mostKept)
{
    private readonly ObjectPool<EventBatch> _pool = new DefaultObjectPool<EventBatch>(new Policy(), mostKept);

    /// <summary>An empty batch, the caller's until it is passed on or returned.</summary>
    public EventBatch Rent() => _pool.Get();

    /// <summary>Takes back a batch, whatever is in it.</summary>
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

using System.Collections.Concurrent;

namespace NetMon.Storage.Owners;

/// <summary>A bounded queue of owner changes from the thread that receives them to the thread that stores them; never blocks. Thread-safe.</summary>
internal sealed class OwnerNews
{
    /// <summary>Capacity: every pod of a node at once.</summary>
    private const int Most = 16_384;

    private readonly ConcurrentQueue<AddressOwner> _waiting = new();
    private int _count;
    private long _leftOut;

    /// <summary>Addresses of owners that were dropped because the queue was full.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>Adds a change.</summary>
    public void Add(AddressOwner owner)
    {
        if (Interlocked.Increment(ref _count) > Most)
        {
            Interlocked.Decrement(ref _count);
            Interlocked.Add(ref _leftOut, owner.Addresses.Count);
            return;
        }

        _waiting.Enqueue(owner);
    }

    /// <summary>Takes the next change, in the order of arrival.</summary>
    public bool TryTake(out AddressOwner owner)
    {
        if (!_waiting.TryDequeue(out owner!))
        {
            return false;
        }

        Interlocked.Decrement(ref _count);
        return true;
    }
}

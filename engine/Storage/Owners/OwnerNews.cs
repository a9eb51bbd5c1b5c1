using System.Collections.Concurrent;

namespace NetMon.Storage.Owners;

/// <summary>Hands owners of addresses over from the thread that hears of them to the thread that keeps them; never waits. Bounded. Any thread.</summary>
internal sealed class OwnerNews
{
    /// <summary>What may wait: every pod of a node at once.</summary>
    private const int Most = 16_384;

    private readonly ConcurrentQueue<AddressOwner> _waiting = new();
    private int _count;
    private long _leftOut;

    /// <summary>Addresses of owners that were dropped, because too many waited.</summary>
    public long LeftOut => Interlocked.Read(ref _leftOut);

    /// <summary>Adds one.</summary>
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

    /// <summary>Takes the next one, in the order in which they came.</summary>
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

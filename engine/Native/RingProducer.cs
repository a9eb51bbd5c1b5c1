namespace NetMon.Native;

/// <summary>Writes records into a ring in plain memory, as bpf_ringbuf_reserve() and _submit() do in the kernel. Not thread-safe.</summary>
public sealed unsafe class RingProducer(RingMapping ring)
{
    private readonly ulong _mask = (ulong)ring.DataBytes - 1;
    private ulong _position = *ring.Producer;

    /// <summary>Copies a record into the ring; false if it is full.</summary>
    public bool TryWrite(ReadOnlySpan<byte> record)
    {
        var bytes = (ulong)((record.Length + RingConsumer.HeaderBytes + 7) & ~7);
        // Acquire: the consumer no longer reads what it has returned.
        if (_position + bytes - Volatile.Read(ref *ring.Consumer) > (ulong)ring.DataBytes)
        {
            return false;
        }

        var at = ring.Data + (_position & _mask);
        record.CopyTo(new Span<byte>(at + RingConsumer.HeaderBytes, record.Length));
        *(ulong*)at = (uint)record.Length;
        _position += bytes;
        Volatile.Write(ref *ring.Producer, _position); // release: the record is complete before it becomes visible
        return true;
    }
}

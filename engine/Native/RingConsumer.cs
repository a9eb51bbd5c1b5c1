namespace NetMon.Native;

/// <summary>
/// Reads one ring in place. A drain consists of <see cref="Begin"/>, <see cref="TryNext"/> until it returns false, and <see cref="Commit"/> at
/// intervals and at the end. Not thread-safe. A span from TryNext is valid until the next Commit.
/// </summary>
public sealed unsafe class RingConsumer
{
    /// <summary>The size of the header before each record: its length with two flag bits, and an offset used by the kernel.</summary>
    public const int HeaderBytes = 8;

    private const uint BusyBit = 1u << 31;
    private const uint DiscardBit = 1u << 30;

    private readonly RingMapping _ring;
    private readonly ulong _mask;
    private ulong _position;
    private ulong _end;

    public RingConsumer(RingMapping ring)
    {
        _ring = ring;
        _mask = (ulong)ring.DataBytes - 1;
        _position = Volatile.Read(ref *ring.Consumer);
        _end = _position;
    }

    /// <summary>Whether the last drain stopped at a record that its producer had reserved but not submitted yet.</summary>
    public bool Blocked { get; private set; }

    /// <summary>Reads the producer's position, at which the drain ends even if more records follow.</summary>
    public void Begin()
    {
        // Acquire: pairs with the producer's release of its position, after it has written the header's busy bit.
        _end = Volatile.Read(ref *_ring.Producer);
        Blocked = false;
    }

    /// <summary>Returns the next record's bytes; false at the end of the drain.</summary>
    public bool TryNext(out ReadOnlySpan<byte> record)
    {
        while (_position < _end)
        {
            var at = _ring.Data + (_position & _mask);
            // Acquire: pairs with the release in bpf_ringbuf_commit(), which clears the busy bit after the record is written.
            var header = Volatile.Read(ref *(uint*)at);
            if ((header & BusyBit) != 0)
            {
                Blocked = true;
                break;
            }

            var length = header & ~DiscardBit;
            _position += (length + HeaderBytes + 7) & ~7u;
            if ((header & DiscardBit) == 0)
            {
                record = new ReadOnlySpan<byte>(at + HeaderBytes, (int)length);
                return true;
            }
        }

        record = default;
        return false;
    }

    /// <summary>Returns everything read so far to the producer.</summary>
    public void Commit() => Volatile.Write(ref *_ring.Consumer, _position);
}

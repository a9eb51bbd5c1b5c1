using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>
/// The memory of one ring in the layout of BPF_MAP_TYPE_RINGBUF (kernel/bpf/ringbuf.c): a page with the consumer's position, a page with the
/// producer's, and the data mapped twice in a row, so that a record never wraps. Owns the mapping; all readers and writers must have
/// stopped before disposal.
/// </summary>
public sealed unsafe class RingMapping : IDisposable
{
    private readonly nint _consumerPage;
    private readonly nuint _consumerBytes;
    private readonly nint _producerPage;
    private readonly nuint _producerBytes;
    private bool _disposed;

    private RingMapping(nint consumerPage, nuint consumerBytes, nint producerPage, nuint producerBytes, int dataBytes)
    {
        (_consumerPage, _consumerBytes, _producerPage, _producerBytes) = (consumerPage, consumerBytes, producerPage, producerBytes);
        DataBytes = dataBytes;
    }

    /// <summary>Capacity in bytes, a power of two and a multiple of the page.</summary>
    public int DataBytes { get; }

    /// <summary>Approximate number of unread bytes. Thread-safe, until disposal.</summary>
    public long WaitingBytes
    {
        get
        {
            var consumed = Volatile.Read(ref *Consumer); // first: the producer is never behind an older consumer position
            return (long)Math.Min(Volatile.Read(ref *Producer) - consumed, (ulong)DataBytes);
        }
    }

    internal ulong* Consumer => (ulong*)_consumerPage;

    internal ulong* Producer => (ulong*)_producerPage;

    internal byte* Data => (byte*)_producerPage + Environment.SystemPageSize;

    /// <summary>Maps a BPF ring buffer; the caller keeps the descriptor. Throws <see cref="NativeException"/>.</summary>
    internal static RingMapping OfMap(int descriptor, int dataBytes)
    {
        var page = (nuint)Environment.SystemPageSize;
        var consumer = Checked(Libc.Map(0, page, Libc.ProtectRead | Libc.ProtectWrite, Libc.MapShared, descriptor, 0), "mapping a ring's consumer page");
        var bytes = page + 2 * (nuint)dataBytes;
        var producer = Checked(Libc.Map(0, bytes, Libc.ProtectRead, Libc.MapShared, descriptor, (long)page), "mapping a ring's data");
        return new RingMapping(consumer, page, producer, bytes, dataBytes);
    }

    /// <summary>Creates a ring of the same layout in plain memory, for sources other than the kernel. Throws <see cref="NativeException"/>.</summary>
    public static RingMapping InMemory(int dataBytes)
    {
        var page = Environment.SystemPageSize;
        var file = Libc.CreateMemoryFile("netmon-ring", 0);
        if (file < 0 || Libc.Truncate(file, 2L * page + dataBytes) != 0)
        {
            throw NativeException.FromErrno("creating a ring in memory");
        }

        try
        {
            // Reserve the whole range, then map the file over it: pages and data, then the data again.
            var bytes = (nuint)(2 * page + 2 * dataBytes);
            var start = Checked(Libc.Map(0, bytes, 0, Libc.MapPrivateAnonymous, -1, 0), "reserving a ring's addresses");
            const int readWrite = Libc.ProtectRead | Libc.ProtectWrite;
            Checked(Libc.Map(start, (nuint)(2 * page + dataBytes), readWrite, Libc.MapShared | Libc.MapFixed, file, 0), "mapping a ring");
            Checked(Libc.Map(start + 2 * page + dataBytes, (nuint)dataBytes, readWrite, Libc.MapShared | Libc.MapFixed, file, 2L * page), "mapping a ring");
            return new RingMapping(start, (nuint)page, start + page, bytes - (nuint)page, dataBytes);
        }
        finally
        {
            _ = Libc.Close(file);
        }
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _ = Libc.Unmap(_consumerPage, _consumerBytes);
        _ = Libc.Unmap(_producerPage, _producerBytes);
    }

    private static nint Checked(nint address, string what) => address == -1 ? throw NativeException.FromErrno(what) : address;
}

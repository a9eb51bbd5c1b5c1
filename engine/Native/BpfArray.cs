namespace NetMon.Native;

/// <summary>
/// The elements of a BPF array created with BPF_F_MMAPABLE, as memory shared with the kernel programs: both sides read and write at any
/// time. Owns the mapping; references to elements must not be used after disposal.
/// </summary>
/// <typeparam name="T">The mirror of the map's value; its size must be a multiple of 8, to which the kernel rounds values up.</typeparam>
public sealed unsafe class BpfArray<T> : IDisposable
    where T : unmanaged
{
    private readonly T* _elements;
    private bool _disposed;

    private BpfArray(T* elements, int count)
    {
        _elements = elements;
        Count = count;
    }

    /// <summary>The number of elements of the map.</summary>
    public int Count { get; }

    /// <summary>All elements; must not be used after disposal.</summary>
    public Span<T> Elements
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new Span<T>(_elements, Count);
        }
    }

    private nuint Bytes => (nuint)Count * (nuint)sizeof(T);

    /// <summary>Maps a loaded map; the caller keeps the descriptor. Throws <see cref="NativeException"/>.</summary>
    internal static BpfArray<T> OfMap(int descriptor, int count)
    {
        var address = Libc.Map(0, (nuint)count * (nuint)sizeof(T), Libc.ProtectRead | Libc.ProtectWrite, Libc.MapShared, descriptor, 0);
        return address != -1 ? new BpfArray<T>((T*)address, count) : throw NativeException.FromErrno("mapping a BPF array");
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _ = Libc.Unmap((nint)_elements, Bytes);
        }
    }
}

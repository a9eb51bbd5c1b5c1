namespace NetMon.Native;

/// <summary>
/// The elements of a BPF array that was made with BPF_F_MMAPABLE, as memory shared with the kernel's programs: both sides
/// read and write at any time. Owns the mapping; nobody may hold a reference to an element when it is disposed of.
/// </summary>
/// <typeparam name="T">The mirror of the map's value; its size must be a multiple of 8, as the kernel rounds values up to that.</typeparam>
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

    /// <summary>How many elements the map has.</summary>
    public int Count { get; }

    /// <summary>All elements; not to be used after the mapping is disposed of.</summary>
    public Span<T> Elements
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new Span<T>(_elements, Count);
        }
    }

    private nuint Bytes => (nuint)Count * (nuint)sizeof(T);

    /// <summary>Maps a loaded map; the descriptor stays the caller's. Throws <see cref="NativeException"/>.</summary>
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

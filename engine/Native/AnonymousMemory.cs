using System.Buffers;

namespace NetMon.Native;

/// <summary>
/// Memory outside the managed heap, for large, short-lived data: pages are allocated when written, and all are returned to the system on
/// disposal. Has one owner; must not be accessed after disposal.
/// </summary>
public sealed unsafe class AnonymousMemory : MemoryManager<byte>
{
    private readonly int _length;
    private nint _start;

    /// <summary>Reserves zeroed memory of at least 1 byte. Throws <see cref="NativeException"/>.</summary>
    public AnonymousMemory(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        _length = length;
        _start = Libc.Map(0, (nuint)length, Libc.ProtectRead | Libc.ProtectWrite, Libc.MapPrivateAnonymous, -1, 0);
        if (_start == -1)
        {
            throw NativeException.FromErrno($"reserving {length} bytes");
        }
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_start == 0, this);
        return new Span<byte>((void*)_start, _length);
    }

    /// <inheritdoc/>
    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_start == 0, this);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)elementIndex, (uint)_length, nameof(elementIndex));
        return new MemoryHandle((byte*)_start + elementIndex);
    }

    /// <inheritdoc/>
    public override void Unpin()
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && _start != 0)
        {
            _ = Libc.Unmap(_start, (nuint)_length);
            _start = 0;
        }
    }
}

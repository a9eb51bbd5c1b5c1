namespace NetMon.Query;

/// <summary>
/// Buffers the beginning of an answer, so that it can be discarded and produced again if a file turns out to be corrupt. Beyond a limit the
/// output is written through.
/// </summary>
/// <param name="output">The destination.</param>
/// <param name="begins">Called before the first byte is written to it.</param>
internal sealed class HeldOutput(Stream output, Action? begins = null) : Stream
{
    private const int Bound = 1 << 20;
    private readonly MemoryStream _held = new();
    private bool _isThrough;
    private long _written;

    /// <summary>The number of bytes written to <c>output</c>. Thread-safe.</summary>
    public long Written => Volatile.Read(ref _written);

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Discards the buffered output; false if some has been written.</summary>
    public bool TryDiscard()
    {
        _held.SetLength(0);
        return !_isThrough;
    }

    /// <summary>Writes the buffered output, and writes through from now on.</summary>
    public void Release()
    {
        if (!_isThrough)
        {
            begins?.Invoke();
        }

        _isThrough = true;
        Volatile.Write(ref _written, _written + _held.Length);
        _held.WriteTo(output);
        _held.SetLength(0);
        output.Flush();
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_isThrough)
        {
            output.Write(buffer);
            Volatile.Write(ref _written, _written + buffer.Length);
            return;
        }

        _held.Write(buffer);
        if (_held.Length > Bound)
        {
            Release();
        }
    }

    /// <summary>Does nothing: output is buffered until <see cref="Release"/>.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

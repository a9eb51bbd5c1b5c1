namespace NetMon.Query;

/// <summary>
/// Holds the beginning of an answer back, so that it can be given up for another one when a file turns out to be damaged. Past
/// the bound it goes through.
/// </summary>
/// <param name="output">Where it goes.</param>
/// <param name="begins">Called before the first byte goes there.</param>
internal sealed class HeldOutput(Stream output, Action? begins = null) : Stream
{
    private const int Bound = 1 << 20;
    private readonly MemoryStream _held = new();
    private bool _isThrough;
    private long _written;

    /// <summary>How many bytes were written to <c>output</c>. Any thread.</summary>
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

    /// <summary>Gives up what was written; false if some of it is out.</summary>
    public bool TryDiscard()
    {
        _held.SetLength(0);
        return !_isThrough;
    }

    /// <summary>Writes what is held, and holds nothing from now on.</summary>
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

    /// <summary>Nothing is written before <see cref="Release"/>.</summary>
    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}

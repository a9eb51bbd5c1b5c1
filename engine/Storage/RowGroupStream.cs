namespace NetMon.Storage;

/// <summary>
/// Between the Parquet writer and the file: what is written stays in memory until <see cref="Commit"/>, so that the
/// writer, which can't take back half a row group, never sees the disk fail. Every call completes synchronously.
/// Owns the file.
/// </summary>
internal sealed class RowGroupStream(FileStream file) : Stream
{
    private byte[] _staged = [];
    private int _stagedLength;
    private long _committed;

    /// <summary>Whether something waits for a <see cref="Commit"/>.</summary>
    public bool IsStaged => _stagedLength > 0;

    public override bool CanRead => false;

    /// <summary>Not so, but it makes the library ask for <see cref="Position"/> instead of counting itself.</summary>
    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => Position;

    public override long Position
    {
        get => _committed + _stagedLength;
        set => throw new NotSupportedException();
    }

    /// <summary>Writes what is staged to the file. After a failure it is still staged: try again.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Commit()
    {
        if (_stagedLength > 0)
        {
            RandomAccess.Write(file.SafeFileHandle, _staged.AsSpan(0, _stagedLength), _committed);
            _committed += _stagedLength;
            _stagedLength = 0;
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_stagedLength + buffer.Length > _staged.Length)
        {
            Array.Resize(ref _staged, Math.Max(2 * _staged.Length, Math.Max(64 << 10, _stagedLength + buffer.Length)));
        }

        buffer.CopyTo(_staged.AsSpan(_stagedLength));
        _stagedLength += buffer.Length;
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return ValueTask.CompletedTask;
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
    {
        Write(buffer.AsSpan(offset, count));
        return Task.CompletedTask;
    }

    /// <summary>Does nothing: the library flushes after every page.</summary>
    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            file.Dispose();
        }

        base.Dispose(disposing);
    }
}

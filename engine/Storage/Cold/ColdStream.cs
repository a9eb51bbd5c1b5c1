using Microsoft.Win32.SafeHandles;

namespace NetMon.Storage.Cold;

/// <summary>
/// A new file as the Parquet writer wants it: written from the beginning to the end through a buffer. Every call
/// completes synchronously. Owns the file.
/// </summary>
internal sealed class ColdStream(SafeFileHandle file) : Stream
{
    private readonly byte[] _buffer = new byte[256 << 10];
    private int _buffered;
    private long _written;

    public SafeFileHandle File => file;

    public override bool CanRead => false;

    /// <summary>Not so, but it makes the library ask for <see cref="Position"/> instead of counting itself.</summary>
    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => Position;

    public override long Position
    {
        get => _written + _buffered;
        set => throw new NotSupportedException();
    }

    /// <summary>Writes what is buffered to the file.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Commit()
    {
        RandomAccess.Write(file, _buffer.AsSpan(0, _buffered), _written);
        (_written, _buffered) = (_written + _buffered, 0);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            if (_buffered == _buffer.Length)
            {
                Commit();
            }

            var taken = Math.Min(buffer.Length, _buffer.Length - _buffered);
            buffer[..taken].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += taken;
            buffer = buffer[taken..];
        }
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

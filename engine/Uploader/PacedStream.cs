using System.Diagnostics;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Uploader;

/// <summary>
/// A part of a file as a stream. Asynchronous reads, which are used for sending, are limited in bandwidth; synchronous reads, used for signing, are not. Does
/// not own the file. For a single reader.
/// </summary>
internal sealed class PacedStream(SafeFileHandle file, long start, long length, long bytesPerSecond) : Stream
{
    private const int MostBytesAtOnce = 64 << 10;
    private readonly Stopwatch _clock = new();
    private long _sent;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position { get; set; }

    public override int Read(Span<byte> buffer)
    {
        var wanted = (int)Math.Clamp(length - Position, 0, buffer.Length);
        var read = wanted == 0 ? 0 : RandomAccess.Read(file, buffer[..wanted], start + Position);
        Position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _clock.Start();
        var read = Read(buffer.Span[..Math.Min(buffer.Length, MostBytesAtOnce)]);
        _sent += read;
        for (TimeSpan due; (due = TimeSpan.FromSeconds((double)_sent / bytesPerSecond) - _clock.Elapsed) > TimeSpan.FromMilliseconds(1);)
        {
            await Task.Delay(due, cancellationToken).ConfigureAwait(false); // timers may fire early
        }

        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => Position,
        _ => length,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

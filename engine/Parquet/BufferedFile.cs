using System.Buffers;
using Microsoft.Win32.SafeHandles;
using NetMon.Foundation;

namespace NetMon.Parquet;

/// <summary>A new file, written sequentially through a buffer. Owns the file.</summary>
public sealed class BufferedFile(SafeFileHandle file) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(256 << 10);
    private int _buffered;
    private long _written;

    public SafeFileHandle File => file;

    /// <summary>Bytes written, including buffered ones.</summary>
    public long Position => _written + _buffered;

    /// <summary>CRC-32C of the bytes written since <see cref="ResetChecksum"/>.</summary>
    internal uint Checksum { get; private set; }

    /// <summary>Starts a checksum.</summary>
    internal void ResetChecksum() => Checksum = Crc32C.Empty;

    /// <summary>Flushes the buffer to the file.</summary>
    /// <exception cref="IOException">The file can't be written.</exception>
    public void Commit()
    {
        RandomAccess.Write(file, _buffer.AsSpan(0, _buffered), _written);
        (_written, _buffered) = (_written + _buffered, 0);
    }

    /// <exception cref="IOException">The file can't be written.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Checksum = Crc32C.Append(Checksum, bytes);
        while (!bytes.IsEmpty)
        {
            if (_buffered == _buffer.Length)
            {
                Commit();
            }

            var taken = Math.Min(bytes.Length, _buffer.Length - _buffered);
            bytes[..taken].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += taken;
            bytes = bytes[taken..];
        }
    }

    public void Dispose()
    {
        file.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }
}

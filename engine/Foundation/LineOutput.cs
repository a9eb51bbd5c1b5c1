using NetMon.Native;

namespace NetMon.Foundation;

/// <summary>
/// Writes complete lines only, and never waits longer than <see cref="StallBound"/>. Writes to a pipe what fits without blocking (lines up to
/// <see cref="OutputDescriptor.AtomicPipeBytes"/>); truncates a file on a full disk to its last complete line. Owns the descriptor. Not
/// thread-safe.
/// </summary>
public sealed class LineOutput(OutputDescriptor descriptor, TimeSpan? stallBound = null) : IDisposable
{
    private const byte NewLine = (byte)'\n';
    private bool _stalled;

    /// <summary>The maximum time that a write waits for a slow reader. After a timeout, writes do not wait until the reader reads again.</summary>
    public TimeSpan StallBound { get; } = stallBound ?? TimeSpan.FromSeconds(5);

    /// <summary>
    /// Writes lines, the last with its newline. Returns the bytes of the complete lines written; if that is not all, <paramref name="errno"/> is
    /// the reason (0: the reader does not read).
    /// </summary>
    public int Write(ReadOnlySpan<byte> lines, out int errno)
    {
        var done = 0;
        errno = 0;
        while (done < lines.Length)
        {
            var room = Room();
            if (room == 0)
            {
                return done;
            }

            var chunk = WholeLines(lines[done..], room);
            var written = WriteAll(chunk, out errno);
            done += written;
            if (errno != 0)
            {
                return done;
            }
        }

        return done;
    }

    public void Dispose() => descriptor.Dispose();

    /// <summary>Returns the number of bytes that can be written without blocking; 0 after a timeout.</summary>
    private int Room()
    {
        if (descriptor.IsRegularFile)
        {
            return int.MaxValue;
        }

        if (!descriptor.WaitWritable(_stalled ? TimeSpan.Zero : StallBound))
        {
            _stalled = true;
            return 0;
        }

        _stalled = false;
        // An empty pipe has room for its whole capacity; a writable one for at least an atomic write.
        return descriptor.PipeBytes > 0 && descriptor.UnreadBytes() == 0 ? descriptor.PipeBytes : OutputDescriptor.AtomicPipeBytes;
    }

    /// <summary>Returns the complete lines that fit, or the first line if it does not fit.</summary>
    private static ReadOnlySpan<byte> WholeLines(ReadOnlySpan<byte> lines, int room)
    {
        if (lines.Length <= room)
        {
            return lines;
        }

        var end = lines[..room].LastIndexOf(NewLine);
        return lines[..((end >= 0 ? end : lines.IndexOf(NewLine)) + 1)];
    }

    /// <summary>Writes everything, or some complete lines.</summary>
    private int WriteAll(ReadOnlySpan<byte> lines, out int errno)
    {
        var done = 0;
        errno = 0;
        while (done < lines.Length)
        {
            var written = descriptor.Write(lines[done..]);
            if (written > 0)
            {
                done += written;
                continue;
            }

            errno = written < 0 ? -written : 5;
            var whole = lines[..done].LastIndexOf(NewLine) + 1;
            if (descriptor.IsRegularFile && done > whole)
            {
                descriptor.CutBack(done - whole);
            }

            return whole;
        }

        return done;
    }
}

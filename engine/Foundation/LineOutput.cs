using NetMon.Native;

namespace NetMon.Foundation;

/// <summary>
/// Writes whole lines, never a part of one, and never waits longer than <see cref="StallBound"/>: for a pipe it writes
/// what fits without blocking (lines up to <see cref="OutputDescriptor.AtomicPipeBytes"/>); a file that fills its disk is
/// cut back to its last whole line. Owns the descriptor. One thread.
/// </summary>
public sealed class LineOutput(OutputDescriptor descriptor, TimeSpan? stallBound = null) : IDisposable
{
    private const byte NewLine = (byte)'\n';
    private bool _stalled;

    /// <summary>How long a write waits for a reader that does not read. Until it reads again, each further write only tries.</summary>
    public TimeSpan StallBound { get; } = stallBound ?? TimeSpan.FromSeconds(5);

    /// <summary>
    /// Writes lines, the last with its newline. Returns the bytes of the whole lines written; where that is not all,
    /// <paramref name="errno"/> says why (0: the reader stood still).
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

    /// <summary>How many bytes can be written at once without blocking; 0 after waiting in vain.</summary>
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
        // An empty pipe takes all of its size; a writable one at least an atomic write.
        return descriptor.PipeBytes > 0 && descriptor.UnreadBytes() == 0 ? descriptor.PipeBytes : OutputDescriptor.AtomicPipeBytes;
    }

    /// <summary>As many whole lines as fit, or one line that doesn't.</summary>
    private static ReadOnlySpan<byte> WholeLines(ReadOnlySpan<byte> lines, int room)
    {
        if (lines.Length <= room)
        {
            return lines;
        }

        var end = lines[..room].LastIndexOf(NewLine);
        return lines[..((end >= 0 ? end : lines.IndexOf(NewLine)) + 1)];
    }

    /// <summary>All of it, or whole lines of it.</summary>
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

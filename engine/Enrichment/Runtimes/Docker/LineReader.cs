using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace NetMon.Enrichment.Runtimes.Docker;

/// <summary>Splits a stream into lines, regardless of its chunks.</summary>
internal static class LineReader
{
    /// <summary>
    /// Yields each line without its newline, valid until the next one is requested. Skips empty lines, and an incomplete last line. A line longer than the
    /// limit, in bytes, throws <see cref="RuntimeException"/>. Disposes the stream.
    /// </summary>
    public static async IAsyncEnumerable<ReadOnlySequence<byte>> LinesAsync(
        Stream stream, int limit, [EnumeratorCancellation] CancellationToken stop)
    {
        var reader = PipeReader.Create(stream);
        try
        {
            var seen = 0L;
            while (true)
            {
                var read = await reader.ReadAsync(stop).ConfigureAwait(false);
                var buffer = read.Buffer;

                // The part searched before contains no newline.
                while (buffer.Slice(seen).PositionOf((byte)'\n') is { } end)
                {
                    var line = buffer.Slice(0, end);
                    RefuseLonger(line.Length, limit);
                    if (!line.IsEmpty)
                    {
                        yield return line;
                    }

                    (buffer, seen) = (buffer.Slice(buffer.GetPosition(1, end)), 0);
                }

                RefuseLonger(buffer.Length, limit);
                if (read.IsCompleted)
                {
                    yield break;
                }

                seen = buffer.Length;
                reader.AdvanceTo(buffer.Start, buffer.End);
            }
        }
        finally
        {
            await reader.CompleteAsync().ConfigureAwait(false);
        }
    }

    private static void RefuseLonger(long length, int limit)
    {
        if (length > limit)
        {
            throw new RuntimeException($"a line of its events is longer than {limit >> 10} KiB");
        }
    }
}

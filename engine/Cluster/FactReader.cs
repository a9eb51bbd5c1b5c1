using System.Buffers;
using System.IO.Pipelines;
using NetMon.Cluster.Changes;

namespace NetMon.Cluster;

/// <summary>
/// Reads the output of <c>netmon-kubernetes</c> line by line, and passes on complete objects. Keeps one line and one object in memory. Not thread-safe.
/// </summary>
/// <param name="take">Receives each change on the reading thread; reading pauses meanwhile.</param>
/// <param name="status">Receives the state of the watches.</param>
public sealed class FactReader(Action<ClusterChange> take, ClusterStatus status)
{
    private const int BufferBytes = 16 * 1024;

    /// <summary>Reads until the stream ends.</summary>
    /// <exception cref="InvalidDataException">The stream has another version of the protocol.</exception>
    /// <exception cref="IOException">The stream can't be read.</exception>
    public async Task ReadAsync(Stream stream, CancellationToken stop)
    {
        var objects = new FactObjects(status);
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: BufferBytes, minimumReadSize: 1024, leaveOpen: true));
        var (isFirst, isTooLong) = (true, false);
        while (true)
        {
            var read = await reader.ReadAsync(stop).ConfigureAwait(false);
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                buffer = buffer.Slice(buffer.GetPosition(1, end));
                if (isFirst)
                {
                    CheckVersion(line);
                    isFirst = false;
                }
                else if (isTooLong || line.Length > FactProtocol.MaxLineBytes)
                {
                    isTooLong = false;
                    objects.Spoil();
                }
                else if (Take(objects, line) is { } change)
                {
                    take(change);
                }
            }

            if (buffer.Length > FactProtocol.MaxLineBytes)
            {
                isTooLong = true;
                buffer = buffer.Slice(buffer.End);
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static ClusterChange? Take(FactObjects objects, in ReadOnlySequence<byte> line)
    {
        if (line.IsSingleSegment)
        {
            return objects.Take(line.FirstSpan);
        }

        Span<byte> copy = stackalloc byte[(int)line.Length];
        line.CopyTo(copy);
        return objects.Take(copy);
    }

    private static void CheckVersion(in ReadOnlySequence<byte> line)
    {
        if (line.Length > FactProtocol.MaxLineBytes || !System.Text.Ascii.Equals(line.ToArray(), FactProtocol.Version))
        {
            throw new InvalidDataException($"netmon-kubernetes has another version than this agent: its output does not begin with \"{FactProtocol.Version}\"");
        }
    }
}

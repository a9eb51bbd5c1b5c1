using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Sources;
using Xunit;

namespace NetMon.UnitTests.Sources;

/// <summary>The output of a reader in its pipe, read to the end and checked for the invariants of every such stream.</summary>
internal sealed class Drained
{
    public List<ConnectionRecord> Records { get; } = [];

    public List<TickRecord> Ticks { get; } = [];

    /// <summary>Records that are older than an earlier watermark.</summary>
    public int OlderThanAnEarlierTick { get; private set; }

    /// <summary>Reported cgroups.</summary>
    public int Cgroups { get; private set; }

    /// <summary>Runs a source through a reader and a pipe of this size to the end of its stream.</summary>
    public static async Task<(Drained Stream, SourceCounters Counters)> Run(IRecordSource source, long pipeBytes = 1024 * 1024)
    {
        using (source)
        {
            var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: pipeBytes, resumeWriterThreshold: (pipeBytes + 1) / 2, useSynchronizationContext: false));
            var reader = new RingReader(source, pipe.Writer);
            source.Start();
            reader.Start();
            var drained = await ReadAll(pipe.Reader);
            source.Stop();
            reader.Finish();
            Assert.Equal(0, reader.Counters.Malformed);
            return (drained, source.ReadCounters());
        }
    }

    public static async Task<Drained> ReadAll(PipeReader pipe)
    {
        var drained = new Drained();
        while (true)
        {
            var result = await pipe.ReadAsync(TestContext.Current.CancellationToken);
            var rest = drained.Take(result.Buffer);
            if (result.IsCompleted)
            {
                Assert.True(rest.IsEmpty, "the stream ends inside a record");
                return drained;
            }

            pipe.AdvanceTo(rest.Start, result.Buffer.End);
        }
    }

    private ReadOnlySequence<byte> Take(ReadOnlySequence<byte> buffer)
    {
        Span<byte> frame = stackalloc byte[ConnectionRecord.ByteSize];
        while (buffer.Length >= TickRecord.ByteSize)
        {
            var head = frame[..TickRecord.ByteSize];
            buffer.Slice(0, head.Length).CopyTo(head);
            if (MemoryMarshal.Read<TickRecord>(head) is { Kind: RecordKind.Tick } tick)
            {
                Ticks.Add(tick);
                buffer = buffer.Slice(head.Length);
                continue;
            }

            if (MemoryMarshal.Read<TickRecord>(head).Kind is RecordKind.CgroupMade or RecordKind.CgroupRemoved)
            {
                if (buffer.Length < CgroupRecord.ByteSize)
                {
                    break;
                }

                Cgroups++;
                buffer = buffer.Slice(CgroupRecord.ByteSize);
                continue;
            }

            if (buffer.Length < frame.Length)
            {
                break;
            }

            buffer.Slice(0, frame.Length).CopyTo(frame);
            var record = MemoryMarshal.Read<ConnectionRecord>(frame);
            Assert.Equal(ConnectionRecord.ByteSize, record.Size);
            OlderThanAnEarlierTick += record.KtimeNanoseconds < Ticks[^1].KtimeNanoseconds ? 1 : 0;
            Records.Add(record);
            buffer = buffer.Slice(frame.Length);
        }

        return buffer;
    }
}

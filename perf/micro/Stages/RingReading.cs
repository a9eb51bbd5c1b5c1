using System.IO.Pipelines;
using BenchmarkDotNet.Attributes;
using NetMon.Sources;

namespace NetMon.Micro.Stages;

/// <summary>
/// Full rings into a pipe with a reader that discards everything, on the reader's own thread, including its start and its last pauses of
/// about 0.4 ms.
/// </summary>
public class RingReading
{
    private const int Count = 1 << 18;
    private const int RingBytes = 32 << 20;
    private readonly StandardEvents _events = StandardEvents.Make(Count);
    private readonly Pipe _pipe = new(new PipeOptions(
        pauseWriterThreshold: 4 << 20, resumeWriterThreshold: 2 << 20, minimumSegmentSize: 64 << 10, readerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));

    private FilledRings? _rings;

    [IterationSetup]
    public void Fill() => _rings = new FilledRings(_events, RingBytes);

    [IterationCleanup]
    public void Empty() => _rings!.Dispose();

    [Benchmark(OperationsPerInvoke = Count)]
    public long Ring_reader()
    {
        var reader = new RingReader(_rings!, _pipe.Writer);
        var dropping = DropAsync(_pipe.Reader);
        reader.Start();
        reader.Finish();
        var bytes = dropping.GetAwaiter().GetResult();
        _pipe.Reset();
        return bytes >= (long)Count * Events.ConnectionRecord.ByteSize ? bytes : throw new InvalidOperationException($"{bytes} bytes came of {Count} records");
    }

    private static async Task<long> DropAsync(PipeReader pipe)
    {
        var bytes = 0L;
        while (true)
        {
            var result = await pipe.ReadAsync().ConfigureAwait(false);
            bytes += result.Buffer.Length;
            pipe.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                await pipe.CompleteAsync().ConfigureAwait(false);
                return bytes;
            }
        }
    }
}

using BenchmarkDotNet.Attributes;
using NetMon.Pipeline.Json;

namespace NetMon.Micro.Stages;

/// <summary>Formats an event as a line of JSON in memory.</summary>
public class JsonLines
{
    private const int Count = 1 << 16;
    private readonly StandardEvents _events = StandardEvents.Make(Count);
    private readonly EventLine _line = EventLine.Of(JsonFormat.Netmon, "node-1");
    private readonly byte[] _buffer = new byte[EventLine.MaxBytes];

    [Benchmark(OperationsPerInvoke = Count)]
    public long Json_line()
    {
        var bytes = 0L;
        foreach (ref readonly var e in _events.Events.AsSpan())
        {
            bytes += _line.Write(in e, _buffer);
        }

        return bytes;
    }
}

using NetMon.Events;

namespace NetMon.Query.Top;

/// <summary>What happened in a time range.</summary>
internal struct TopSums
{
    /// <summary>Number of events.</summary>
    public long Events;

    /// <summary>Connections opened or accepted.</summary>
    public long Connections;

    /// <summary>Failed attempts.</summary>
    public long Failures;

    /// <summary>Payload in both directions, in bytes.</summary>
    public double Bytes;

    /// <summary>Successful attempts.</summary>
    public long Answered;

    /// <summary>The sum of their latencies, in nanoseconds.</summary>
    public double Latency;

    /// <summary>The highest of their latencies, in nanoseconds.</summary>
    public ulong Slowest;

    /// <summary>The mean of their latencies, in nanoseconds; 0 if there were none.</summary>
    public readonly double MeanLatency => Answered == 0 ? 0 : Latency / Answered;

    public void Add(in ConnectionEvent e)
    {
        ref readonly var record = ref e.Record;
        Events++;
        switch (record.Kind)
        {
            case RecordKind.Connect when e.Facts.Result == ConnectResult.Established:
                Connections++;
                Answered++;
                Latency += record.LatencyNanoseconds;
                Slowest = Math.Max(Slowest, record.LatencyNanoseconds);
                break;
            case RecordKind.Connect:
                Failures++;
                break;
            case RecordKind.Accept:
                Connections++;
                break;
            case RecordKind.Close or RecordKind.Flow when record.ConnectionId != 0:
                Bytes += (double)record.DeltaSent + record.DeltaReceived;
                break;
            case RecordKind.Close:
                Bytes += (double)record.BytesSent + record.BytesReceived;
                break;
        }
    }

    public void Add(in TopSums other)
    {
        Events += other.Events;
        Connections += other.Connections;
        Failures += other.Failures;
        Bytes += other.Bytes;
        Answered += other.Answered;
        Latency += other.Latency;
        Slowest = Math.Max(Slowest, other.Slowest);
    }

    /// <summary>The value of a sort key.</summary>
    public readonly double this[TopOrder order] => order switch
    {
        TopOrder.Failures => Failures,
        TopOrder.Bytes => Bytes,
        TopOrder.Latency => MeanLatency,
        _ => Connections,
    };
}

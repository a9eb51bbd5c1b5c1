using NetMon.Events;

namespace NetMon.Pipeline.Enrich;

/// <summary>Connections and bytes of one workload. The counters only grow. One thread adds, any may read.</summary>
/// <param name="name">The workload, as the column <c>workload</c> has it.</param>
/// <param name="podNamespace">The namespace of its pods; empty for what is no pod.</param>
public sealed class WorkloadCounts(string name, string podNamespace)
{
    /// <summary>Inbound connections. The counters before it are those of <see cref="Connects"/>.</summary>
    public const int Accepts = (int)ConnectResult.Other + 1;

    /// <summary>How many counters a workload has.</summary>
    public const int Counters = Accepts + 5;

    private readonly long[] _counters = new long[Counters];

    public string Name => name;

    public string PodNamespace => podNamespace;

    /// <summary>The value of a counter.</summary>
    public long this[int counter] => Volatile.Read(ref _counters[counter]);

    /// <summary>True once the workload has lost its place in the table: nothing is added any more. The adding thread's.</summary>
    internal bool IsEvicted { get; set; }

    /// <summary>What it moved lately, as of the last sweep of the table; halved by each sweep. The adding thread's.</summary>
    internal WorkloadTraffic Recent { get; set; }

    /// <summary>What it had moved in all by the last sweep. The adding thread's.</summary>
    internal WorkloadTraffic Swept { get; set; }

    /// <summary>The counter of outbound attempts with this result.</summary>
    public static int Connects(ConnectResult result) => (int)result;

    /// <summary>The counter of bytes that the workload sent over connections of this direction.</summary>
    public static int Sent(Direction direction) => direction == Direction.Inbound ? Accepts + 3 : Accepts + 1;

    /// <summary>The counter of bytes that the workload received over connections of this direction.</summary>
    public static int Received(Direction direction) => Sent(direction) + 1;

    internal void Add(int counter, long amount) => _counters[counter] += amount;
}

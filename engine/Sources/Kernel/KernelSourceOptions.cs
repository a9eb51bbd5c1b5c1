using NetMon.Native;
using NetMon.Sources.Kernel.Cgroups;

namespace NetMon.Sources.Kernel;

/// <summary>How to trace.</summary>
public sealed record KernelSourceOptions
{
    /// <summary>Which spine; Auto takes the best there is.</summary>
    public Spine Spine { get; init; } = Spine.Auto;

    /// <summary>Who tells who accepted; Auto takes the best there is.</summary>
    public AcceptOwner AcceptOwner { get; init; } = AcceptOwner.Auto;

    /// <summary>Which hierarchy tells containers apart; Auto takes v2 unless v1 alone is in use.</summary>
    public CgroupVersion Cgroups { get; init; } = CgroupVersion.Auto;

    /// <summary>How many sockets are remembered at once; a power of two. 128 bytes of kernel memory each, taken at the start.</summary>
    public int Sockets { get; init; } = 128 * 1024;

    /// <summary>How old a connection gets before it is reported while it is open, and how often after that; null: never.</summary>
    public TimeSpan? FlowEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Events per second that one cgroup may write, up to a second's worth at once; null: any number.</summary>
    public int? FairShare { get; init; }

    /// <summary>A folder of a bpffs in which what is remembered of sockets outlives the agent; null: nothing does.</summary>
    public string? StateFolder { get; init; }

    /// <summary>Whether it is an error that the <see cref="StateFolder"/> can't be used, but for another agent that uses it; else nothing is kept.</summary>
    public bool StateIsRequired { get; init; }

    /// <summary>Ring memory in all, bytes; divided among the rings, not multiplied by the CPUs.</summary>
    public int RingBytes { get; init; } = 8 * 1024 * 1024;
}

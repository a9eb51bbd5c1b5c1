using NetMon.Native;
using NetMon.Sources.Kernel.Cgroups;

namespace NetMon.Sources.Kernel;

/// <summary>Options of the kernel source.</summary>
public sealed record KernelSourceOptions
{
    /// <summary>The hook for state changes; Auto chooses the best available.</summary>
    public Spine Spine { get; init; } = Spine.Auto;

    /// <summary>How to determine the caller of accept(); Auto chooses the best available.</summary>
    public AcceptOwner AcceptOwner { get; init; } = AcceptOwner.Auto;

    /// <summary>The hierarchy that identifies containers; Auto chooses v2 unless only v1 is in use.</summary>
    public CgroupVersion Cgroups { get; init; } = CgroupVersion.Auto;

    /// <summary>The maximum number of tracked sockets; a power of two. Each takes 128 bytes of kernel memory, allocated at the start.</summary>
    public int Sockets { get; init; } = 128 * 1024;

    /// <summary>The age at which an open connection is first reported, and the interval of further reports; null: never.</summary>
    public TimeSpan? FlowEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Events per second that a cgroup may write, with bursts of up to one second's worth; null: unlimited.</summary>
    public int? FairShare { get; init; }

    /// <summary>A folder in a bpffs for socket state that outlives the agent; null: none.</summary>
    public string? StateFolder { get; init; }

    /// <summary>Whether an unusable <see cref="StateFolder"/> is an error, unless another agent uses it; else no state is kept.</summary>
    public bool StateIsRequired { get; init; }

    /// <summary>Total size of the rings in bytes, divided among them; not multiplied by the number of CPUs.</summary>
    public int RingBytes { get; init; } = 8 * 1024 * 1024;
}

namespace NetMon.Sources.Kernel;

/// <summary>Which programs of the BPF object to load, by what each is for.</summary>
/// <param name="Spine">Never Auto.</param>
/// <param name="AcceptOwner">Never Auto.</param>
public sealed record HookPlan(Spine Spine, AcceptOwner AcceptOwner)
{
    /// <summary>The program that follows TCP's states.</summary>
    public string SpineProgram => Spine == Spine.SockOps ? "nm_sockops" : "nm_tracepoint";

    /// <summary>At the cgroup root: connect() as it is called, and sockets as they are released.</summary>
    public static IReadOnlyList<string> CgroupPrograms { get; } = ["nm_connect4", "nm_connect6", "nm_release"];

    /// <summary>Who accepts, and the errno of a connect() that sent no SYN.</summary>
    public IReadOnlyList<string> OwnerPrograms => ProgramsOf(AcceptOwner);

    /// <summary>Cgroups as they come and go. Without them new containers are found only by reading the tree.</summary>
    public static IReadOnlyList<string> CgroupNamePrograms { get; } = ["nm_cgroup_mkdir", "nm_cgroup_rmdir"];

    /// <summary>Run once at start, for what is older than the agent: owners first, then the sockets of each network namespace.</summary>
    public static IReadOnlyList<string> AdoptPrograms { get; } = ["nm_adopt_files", "nm_adopt_sockets"];

    /// <summary>The programs that belong to a way of telling owners.</summary>
    public static IReadOnlyList<string> ProgramsOf(AcceptOwner owner) => owner switch
    {
        AcceptOwner.Fexit => ["nm_accept_fexit", "nm_connect4_fexit", "nm_connect6_fexit"],
        AcceptOwner.Kretprobe => ["nm_accept_kprobe", "nm_connect4_kretprobe", "nm_connect6_kretprobe"],
        AcceptOwner.Syscall => ["nm_accept_syscall", "nm_accept4_syscall", "nm_connect_syscall"],
        _ => [],
    };

    /// <summary>What a way of telling owners costs or misses, for <c>doctor</c> and the log.</summary>
    public static string CostOf(AcceptOwner owner) => owner switch
    {
        AcceptOwner.Fexit or AcceptOwner.Kretprobe => "exact; costs nobody else anything",
        AcceptOwner.Syscall => "exact, io_uring excepted; makes every system call on this node 60-85 ns slower"
            + " (--accept-owner listener avoids that)",
        _ => "the listening process, also where a pre-forked child accepts; costs nobody else anything",
    };
}

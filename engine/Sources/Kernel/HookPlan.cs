namespace NetMon.Sources.Kernel;

/// <summary>The programs of the BPF object to load, by purpose.</summary>
/// <param name="Spine">Never Auto.</param>
/// <param name="AcceptOwner">Never Auto.</param>
/// <param name="CgroupPrograms">Those of <see cref="AllCgroupPrograms"/> that the cgroup root accepts.</param>
/// <param name="HelperPrograms">Those of <see cref="HelpersOf"/> that this kernel supports.</param>
public sealed record HookPlan(
    Spine Spine,
    AcceptOwner AcceptOwner,
    IReadOnlyList<string> CgroupPrograms,
    IReadOnlyList<string> HelperPrograms)
{
    /// <summary>Programs at the cgroup root, for calls of connect() and for released sockets.</summary>
    public static IReadOnlyList<string> AllCgroupPrograms { get; } = ["nm_connect4", "nm_connect6", "nm_release"];

    /// <summary>Programs that run before all others at the cgroup root, to record what connect() requested if another program changes it.</summary>
    public static IReadOnlyList<string> AskedPrograms { get; } = ["nm_asked4", "nm_asked6"];

    /// <summary>Programs for created and removed cgroups. Without them new containers are only found by scanning the tree.</summary>
    public static IReadOnlyList<string> CgroupNamePrograms { get; } = ["nm_cgroup_mkdir", "nm_cgroup_rmdir"];

    /// <summary>
    /// Programs that run once at the start, for connections older than the agent: the sockets of each network namespace that the agent can
    /// enter, then their owners.
    /// </summary>
    public static IReadOnlyList<string> AdoptPrograms { get; } = ["nm_adopt_sockets", "nm_adopt_files"];

    /// <summary>The program that iterates over the table of sockets, for open connections (5.9+).</summary>
    public const string FlowProgram = "nm_flow";

    /// <summary>The program that follows TCP state changes.</summary>
    public string SpineProgram => ProgramOf(Spine);

    /// <summary>The programs for the caller of accept(), and for the errno of a connect() that sent no SYN.</summary>
    public IReadOnlyList<string> OwnerPrograms => [.. ProgramsOf(AcceptOwner), .. HelperPrograms];

    /// <summary>The value of <see cref="AcceptOwner"/> for the programs.</summary>
    public AcceptHook AcceptHook => AcceptOwner switch
    {
        AcceptOwner.Fexit or AcceptOwner.Kretprobe => AcceptHook.Always,
        AcceptOwner.Receive or AcceptOwner.Syscall => AcceptHook.Mostly,
        _ => AcceptHook.Listener,
    };

    /// <summary>Returns the program that follows TCP state changes by this hook.</summary>
    public static string ProgramOf(Spine spine) => spine == Spine.SockOps ? "nm_sockops" : "nm_tracepoint";

    /// <summary>Returns the programs that a method of determining owners requires.</summary>
    public static IReadOnlyList<string> ProgramsOf(AcceptOwner owner) => owner switch
    {
        AcceptOwner.Fexit => ["nm_accept_fentry", "nm_connect_fexit"],
        AcceptOwner.Kretprobe => ["nm_accept_kprobe", "nm_connect4_kretprobe", "nm_connect6_kretprobe"],
        AcceptOwner.Receive => ["nm_receive"],
        AcceptOwner.Syscall => ["nm_accept_syscall", "nm_accept4_syscall", "nm_connect_syscall"],
        _ => [],
    };

    /// <summary>Returns the programs that improve a method of determining owners if the kernel supports them.</summary>
    public static IReadOnlyList<string> HelpersOf(AcceptOwner owner) => owner switch
    {
        AcceptOwner.Fexit => ["nm_connect_fentry"],
        AcceptOwner.Kretprobe => [.. AskedPrograms, "nm_denied4_kretprobe", "nm_denied6_kretprobe"],
        AcceptOwner.Receive => [.. AskedPrograms, "nm_getpeername4", "nm_getpeername6", "nm_mptcp_send"],
        _ => AskedPrograms,
    };

    /// <summary>Returns the costs and limits of a method of determining owners, for <c>doctor</c> and the log.</summary>
    public static string CostOf(AcceptOwner owner) => owner switch
    {
        AcceptOwner.Fexit or AcceptOwner.Kretprobe => "exact; no cost for other processes",
        AcceptOwner.Receive => "exact: at accept() if it asks for the address, otherwise when the connection first receives data; the errno of a connect() that sent"
            + " no SYN is inferred; no cost for system calls",
        AcceptOwner.Syscall => "exact, except for io_uring; adds 60-85 ns to every system call on this node"
            + " (--accept-owner receive avoids that)",
        _ => "the listening process, even if a pre-forked child accepts; no cost for other processes",
    };
}

namespace NetMon.Sources.Kernel;

/// <summary>Which programs of the BPF object to load, by what each is for.</summary>
/// <param name="Spine">Never Auto.</param>
/// <param name="AcceptOwner">Never Auto.</param>
/// <param name="CgroupPrograms">Those of <see cref="AllCgroupPrograms"/> that the cgroup root takes.</param>
/// <param name="HelperPrograms">Those of <see cref="HelpersOf"/> that this kernel takes.</param>
public sealed record HookPlan(
    Spine Spine,
    AcceptOwner AcceptOwner,
    IReadOnlyList<string> CgroupPrograms,
    IReadOnlyList<string> HelperPrograms)
{
    /// <summary>At the cgroup root: connect() as it is called, and sockets as they are released.</summary>
    public static IReadOnlyList<string> AllCgroupPrograms { get; } = ["nm_connect4", "nm_connect6", "nm_release"];

    /// <summary>At the cgroup root before all other programs there: what connect() asked for, where one of them changes it.</summary>
    public static IReadOnlyList<string> AskedPrograms { get; } = ["nm_asked4", "nm_asked6"];

    /// <summary>Cgroups as they come and go. Without them new containers are found only by reading the tree.</summary>
    public static IReadOnlyList<string> CgroupNamePrograms { get; } = ["nm_cgroup_mkdir", "nm_cgroup_rmdir"];

    /// <summary>
    /// Run once at start, for what is older than the agent: the sockets of each network namespace that the agent can enter,
    /// then who owns what.
    /// </summary>
    public static IReadOnlyList<string> AdoptPrograms { get; } = ["nm_adopt_sockets", "nm_adopt_files"];

    /// <summary>Goes over the table of sockets, for connections that are open (5.9+).</summary>
    public const string FlowProgram = "nm_flow";

    /// <summary>The program that follows TCP's states.</summary>
    public string SpineProgram => ProgramOf(Spine);

    /// <summary>Who accepts, and the errno of a connect() that sent no SYN.</summary>
    public IReadOnlyList<string> OwnerPrograms => [.. ProgramsOf(AcceptOwner), .. HelperPrograms];

    /// <summary>What the programs must know of <see cref="AcceptOwner"/>.</summary>
    public AcceptHook AcceptHook => AcceptOwner switch
    {
        AcceptOwner.Fexit or AcceptOwner.Kretprobe => AcceptHook.Always,
        AcceptOwner.Receive or AcceptOwner.Syscall => AcceptHook.Mostly,
        _ => AcceptHook.Listener,
    };

    /// <summary>The program that follows TCP's states by this hook.</summary>
    public static string ProgramOf(Spine spine) => spine == Spine.SockOps ? "nm_sockops" : "nm_tracepoint";

    /// <summary>The programs without which a way of telling owners does not work.</summary>
    public static IReadOnlyList<string> ProgramsOf(AcceptOwner owner) => owner switch
    {
        AcceptOwner.Fexit => ["nm_accept_fentry", "nm_connect_fexit"],
        AcceptOwner.Kretprobe => ["nm_accept_kprobe", "nm_connect4_kretprobe", "nm_connect6_kretprobe"],
        AcceptOwner.Receive => ["nm_receive"],
        AcceptOwner.Syscall => ["nm_accept_syscall", "nm_accept4_syscall", "nm_connect_syscall"],
        _ => [],
    };

    /// <summary>The programs that make a way of telling owners better where the kernel takes them.</summary>
    public static IReadOnlyList<string> HelpersOf(AcceptOwner owner) => owner switch
    {
        AcceptOwner.Fexit => ["nm_connect_fentry"],
        AcceptOwner.Kretprobe => [.. AskedPrograms, "nm_denied4_kretprobe", "nm_denied6_kretprobe"],
        AcceptOwner.Receive => [.. AskedPrograms, "nm_getpeername4", "nm_getpeername6", "nm_mptcp_send"],
        _ => AskedPrograms,
    };

    /// <summary>What a way of telling owners costs or misses, for <c>doctor</c> and the log.</summary>
    public static string CostOf(AcceptOwner owner) => owner switch
    {
        AcceptOwner.Fexit or AcceptOwner.Kretprobe => "exact; costs nobody else anything",
        AcceptOwner.Receive => "exact, at accept() where it asks for the address, else when the connection first receives; the errno of a connect() that sent"
            + " no SYN is deduced; costs no system call anything",
        AcceptOwner.Syscall => "exact, io_uring excepted; makes every system call on this node 60-85 ns slower"
            + " (--accept-owner receive avoids that)",
        _ => "the listening process, also where a pre-forked child accepts; costs nobody else anything",
    };
}

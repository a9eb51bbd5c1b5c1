using NetMon.Native;
using NetMon.Sources.Kernel.Cgroups;

namespace NetMon.Sources.Kernel;

/// <summary>Chooses the hooks: asks this kernel, program by program, and takes the first of each kind that it takes.</summary>
public static class HookPlanner
{
    private static readonly AcceptOwner[] OwnersInOrder = [AcceptOwner.Fexit, AcceptOwner.Kretprobe, AcceptOwner.Syscall, AcceptOwner.Listener];

    /// <summary>
    /// The plan for these options. Throws <see cref="CannotTraceException"/> where what was asked for doesn't work
    /// here. <paramref name="noRoot"/> says why <paramref name="root"/> is null.
    /// </summary>
    public static HookPlan Choose(KernelSourceOptions options, CgroupRoot? root, string noRoot) =>
        new(ChooseSpine(options.Spine, root, noRoot), ChooseAcceptOwner(options.AcceptOwner, root));

    private static Spine ChooseSpine(Spine asked, CgroupRoot? root, string noRoot)
    {
        var spine = asked != Spine.Auto ? asked : root is null ? Spine.Tracepoint : Spine.SockOps;
        if (spine == Spine.SockOps && root is null)
        {
            throw new CannotTraceException(
                $"the sock_ops spine needs the cgroup v2 root: {noRoot}",
                "mount the host's /sys/fs/cgroup into the agent's container, or add CAP_SYS_ADMIN, or use --spine tracepoint");
        }

        var program = new HookPlan(spine, AcceptOwner.Listener).SpineProgram;
        var probe = BpfPrograms.Probe(program, root);
        return probe.Attaches
            ? spine
            : throw KernelPrerequisites.Explain(new NativeException($"trying {probe.Hook}", probe.Errno, probe.Detail));
    }

    private static AcceptOwner ChooseAcceptOwner(AcceptOwner asked, CgroupRoot? root)
    {
        if (asked == AcceptOwner.Auto)
        {
            return OwnersInOrder.First(owner => FirstFailure(owner, root) is null);
        }

        var failure = FirstFailure(asked, root);
        return failure is null
            ? asked
            : throw new CannotTraceException(
                $"--accept-owner {asked.ToString().ToLowerInvariant()} does not work on this kernel: {failure.Hook}: {failure.WhyNot}",
                "use --accept-owner auto; netmon doctor lists what this kernel takes");
    }

    private static ProgramProbe? FirstFailure(AcceptOwner owner, CgroupRoot? root) =>
        HookPlan.ProgramsOf(owner).Select(program => BpfPrograms.Probe(program, root)).FirstOrDefault(probe => !probe.Attaches);
}

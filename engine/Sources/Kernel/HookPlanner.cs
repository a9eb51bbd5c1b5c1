using NetMon.Native;
using NetMon.Sources.Kernel.Cgroups;

namespace NetMon.Sources.Kernel;

/// <summary>Chooses the hooks: tries them one by one, and takes the first of each kind that this kernel supports.</summary>
public static class HookPlanner
{
    private static readonly AcceptOwner[] OwnersInOrder = [AcceptOwner.Fexit, AcceptOwner.Kretprobe, AcceptOwner.Receive, AcceptOwner.Listener];

    /// <summary>
    /// Returns the plan for these options. Throws <see cref="CannotTraceException"/> if the requested hooks do not work here.
    /// <paramref name="noRoot"/> is the reason why <paramref name="root"/> is null.
    /// </summary>
    public static HookPlan Choose(KernelSourceOptions options, CgroupRoot? root, string noRoot)
    {
        var owner = ChooseAcceptOwner(options.AcceptOwner, root);
        return new HookPlan(
            ChooseSpine(options.Spine, root, noRoot),
            owner,
            root is null ? [] : Working(HookPlan.AllCgroupPrograms, root),
            Working(HookPlan.HelpersOf(owner), root));
    }

    /// <summary>
    /// Auto also chooses the tracepoint if the cgroup root accepts no more programs, because one was attached without BPF_F_ALLOW_MULTI, which is
    /// exclusive.
    /// </summary>
    private static Spine ChooseSpine(Spine asked, CgroupRoot? root, string noRoot)
    {
        if (asked == Spine.SockOps && root is null)
        {
            throw new CannotTraceException(
                $"the sock_ops spine needs the cgroup v2 root: {noRoot}",
                "mount the host's /sys/fs/cgroup into the agent's container, or add CAP_SYS_ADMIN, or use --spine tracepoint");
        }

        Spine[] candidates = asked != Spine.Auto ? [asked] : root is null ? [Spine.Tracepoint] : [Spine.SockOps, Spine.Tracepoint];
        ProgramProbe? first = null;
        foreach (var spine in candidates)
        {
            var probe = BpfPrograms.Probe(HookPlan.ProgramOf(spine), root);
            if (probe.Attaches)
            {
                return spine;
            }

            first ??= probe;
        }

        throw KernelPrerequisites.Explain(new NativeException($"trying {first!.Hook}", first.Errno, first.Detail));
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
                "use --accept-owner auto; netmon doctor lists what this kernel supports");
    }

    private static string[] Working(IReadOnlyList<string> programs, CgroupRoot? root) =>
        [.. programs.Where(program => BpfPrograms.Probe(program, root).Attaches)];

    private static ProgramProbe? FirstFailure(AcceptOwner owner, CgroupRoot? root) =>
        HookPlan.ProgramsOf(owner).Select(program => BpfPrograms.Probe(program, root)).FirstOrDefault(probe => !probe.Attaches);
}

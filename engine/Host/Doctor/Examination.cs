using System.Globalization;
using System.Runtime.InteropServices;
using NetMon.Enrichment.Runtimes;
using NetMon.Native;
using NetMon.Sources.Kernel;
using NetMon.Sources.Kernel.Cgroups;

namespace NetMon.Host.Doctor;

/// <summary><c>netmon doctor</c>: checks this node step by step, prints the results as a table, then runs a trial.</summary>
internal static class Examination
{
    private const string BpfRoot = "/sys/fs/bpf";
    private static readonly TimeSpan RuntimePatience = TimeSpan.FromSeconds(10);
    private static readonly AcceptOwner[] Owners = [AcceptOwner.Fexit, AcceptOwner.Kretprobe, AcceptOwner.Receive, AcceptOwner.Syscall];

    /// <summary>Returns exit code 0 if this node can be traced and the trial succeeded, 3 if it can't be traced, else 1.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<RuntimeEndpoint> endpoints)
    {
        var report = new Report(Console.Out);
        report.Fact("kernel", $"{File.ReadAllText("/proc/sys/kernel/osrelease").Trim()} {RuntimeInformation.OSArchitecture}");
        try
        {
            KernelPrerequisites.Require();
        }
        catch (CannotTraceException e)
        {
            report.Bad("prerequisites", e.Message);
            return ExitCode.CannotTrace;
        }

        report.Good("privileges", "BPF, PERFMON and NET_ADMIN present");
        report.Good("BTF", KernelPrerequisites.BtfPath);
        using (var root = CgroupRoot.Open(out var noRoot))
        {
            report.Fact("cgroups", CgroupHierarchy.Choose(CgroupVersion.Auto)?.Mode ?? "none");
            report.Is(root is not null, "cgroup v2 root", root?.Where ?? noRoot);
            report.Fact("state", BpfFolder.IsBpf(BpfRoot) ? $"bpffs at {BpfRoot}: the state of open connections can survive a restart" : $"no bpffs at {BpfRoot}: after a restart, open connections count as older than the agent");
            NameOthers(report, root);
            ProbeAll(report, root);
        }

        await AskRuntimesAsync(report, endpoints).ConfigureAwait(false);

        return await TryItAsync(report).ConfigureAwait(false);
    }

    /// <summary>Lists other programs at the agent's hooks. They run before the agent's programs, or after if attached later.</summary>
    private static void NameOthers(Report report, CgroupRoot? root)
    {
        foreach (var hook in root is null ? [] : Enum.GetValues<CgroupHook>())
        {
            var others = CgroupPrograms.At(root!.Directory, hook);
            if (others.Count > 0)
            {
                report.Fact($"others at {hook.ToString().ToLowerInvariant()}", $"{string.Join(", ", others)} (they may change flags, destinations or verdicts; NetMon records what the caller saw)");
            }
        }
    }

    private static void ProbeAll(Report report, CgroupRoot? root)
    {
        report.Heading("programs (one spine and one set of owner hooks are used; the rest may fail)");
        string[] spines = ["nm_sockops", "nm_tracepoint"];
        foreach (var program in (string[])[.. spines, .. HookPlan.AllCgroupPrograms, .. Owners.SelectMany(owner => HookPlan.ProgramsOf(owner).Concat(HookPlan.HelpersOf(owner))).Distinct(), .. HookPlan.CgroupNamePrograms, .. HookPlan.AdoptPrograms, HookPlan.FlowProgram])
        {
            var probe = BpfPrograms.Probe(program, root);
            var state = !probe.Loads ? "does not load" : !probe.Attaches ? "loads, does not attach" : "loads, attaches";
            var hook = HookPlan.AskedPrograms.Contains(program) ? $"{probe.Hook}, before others" : probe.Hook;
            var verified = probe.VerifiedInstructions == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"; {probe.VerifiedInstructions} instructions verified");
            report.Row(hook, probe.Attaches, probe.Attaches ? state + verified : $"{state}: {probe.WhyNot}");
        }
    }

    private static async Task AskRuntimesAsync(Report report, IReadOnlyList<RuntimeEndpoint> endpoints)
    {
        report.Heading("container runtimes (the source of container names)");
        var asked = endpoints.Where(endpoint => !endpoint.IsUsualPlace || File.Exists(endpoint.SocketPath)).ToArray();
        foreach (var status in await Task.WhenAll(asked.Select(endpoint => ContainerRuntimes.ExamineAsync(endpoint, RuntimePatience))).ConfigureAwait(false))
        {
            var version = status.Version.Length > 0 ? $"{status.Version}, " : "";
            report.Row(status.Endpoint.Address, status.LastFailure.Length == 0, version + (status.LastFailure.Length == 0 ? $"reports {status.ContainersReported} containers" : status.LastFailure));
        }

        if (asked.Length == 0)
        {
            report.Fact("none found", "containers have ids and pod uids, no names; mount the directory of the runtime's socket, or use --runtime-endpoint");
        }
    }

    private static async Task<int> TryItAsync(Report report)
    {
        report.Heading("trial: connections on loopback, traced by this process");
        try
        {
            using var source = KernelSource.Open(new KernelSourceOptions());
            report.Fact("in use", source.Description);
            report.Fact("kernel memory", $"{source.KernelBytes / 1024} KiB for sockets, rings and counters; it does not grow");
            var results = await Trial.RunAsync(source).ConfigureAwait(false);
            foreach (var (what, right, found) in results)
            {
                report.Row(what, right, found);
            }

            var all = results.All(result => result.Right);
            report.Is(all, "verdict", all ? "this node can be traced" : "events are missing or wrong: please report this output");
            return all ? ExitCode.Success : ExitCode.Failure;
        }
        catch (CannotTraceException e)
        {
            report.Bad("verdict", e.Message);
            return ExitCode.CannotTrace;
        }
    }
}

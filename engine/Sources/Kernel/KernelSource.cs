using System.Runtime.InteropServices;
using NetMon.Native;
using NetMon.Sources.Kernel.Cgroups;
using NetMon.Sources.Kernel.Flows;
using NetMon.Sources.Kernel.State;

namespace NetMon.Sources.Kernel;

/// <summary>The running kernel as a source: loads and attaches the programs, and provides the rings that they write to.</summary>
public sealed class KernelSource : IRecordSource
{
    private readonly BpfObject _programs;
    private readonly CgroupRoot? _root;
    private readonly HookPlan _plan;
    private readonly IReadOnlyList<string> _adopt;
    private readonly IReadOnlyList<string> _cgroupNames;
    private readonly IReadOnlyList<RingMapping> _eventRings;
    private readonly RingMapping _cgroupRing;
    private readonly CgroupHierarchy _hierarchy;
    private readonly CgroupScan _scan;
    private readonly CgroupAccounts _accounts;
    private readonly FlowSweep? _flows;
    private readonly KernelState? _state;
    private readonly string _noState;
    private string _lived = "";
    private readonly WallClock _clock = new();
    private ulong _recursionMisses;

    private KernelSource(
        BpfObject programs,
        IReadOnlyList<RingMapping> rings,
        CgroupRoot? root,
        HookPlan plan,
        CgroupHierarchy hierarchy,
        IReadOnlyList<string> cgroupNames,
        IReadOnlyList<string> adopt,
        FlowSweep? flows,
        KernelState? state,
        string noState)
    {
        (_state, _noState) = (state, noState);
        (_programs, _eventRings, _root, _plan, _hierarchy, _cgroupNames, _adopt) = (programs, rings, root, plan, hierarchy, cgroupNames, adopt);
        _cgroupRing = programs.Maps.MapRing("cgroups");
        _scan = new CgroupScan(hierarchy, root);
        _accounts = new CgroupAccounts(programs.Maps.MapArray<CgroupAccount>("accounts"));
        _flows = flows;
        Rings = [.. rings, _cgroupRing, _scan.Ring, .. flows is null ? Array.Empty<RingMapping>() : [flows.Ring]];
        KernelBytes = programs.KernelBytes;
    }

    public string Description =>
        $"kernel: spine {Word(_plan.Spine)}{(_root is null ? "" : $" at {_root.Where}")}, accept owner {Word(_plan.AcceptOwner)}"
        + $" ({HookPlan.CostOf(_plan.AcceptOwner)}), {_eventRings.Count} rings of {_eventRings[0].DataBytes / 1024} KiB,"
        + $" {KernelBytes / (1024 * 1024)} MiB of kernel memory in total,"
        + (_root is null || _plan.CgroupPrograms.Count == HookPlan.AllCgroupPrograms.Count
            ? ""
            : " attempts that send no SYN are not traced (another program has exclusive use of the cgroup root),")
        + $" containers by cgroup {Word(_hierarchy.Version)}{(_hierarchy.Controller.Length == 0 ? "" : $" ({_hierarchy.Controller})")}"
        + (_cgroupNames.Count == 0 ? ", new ones found by reading the cgroup tree" : "")
        + (_flows is null ? $", open connections not reported ({(BpfPrograms.MayRead ? "this kernel has no map iterator, or forbids it: see netmon doctor" : "lockdown=confidentiality")})" : "")
        + (_state is null ? $", no state kept for the next agent ({_noState})" : $", state kept for the next agent{_state.Note}{_lived}");

    public IReadOnlyList<RingMapping> Rings { get; }

    public long KernelBytes { get; }

    public bool IsLive => true;

    public bool HasEnded => false;

    /// <summary>
    /// Loads the programs for this kernel; they are attached by <see cref="Start"/>. Throws <see cref="CannotTraceException"/> if this kernel or
    /// these privileges do not allow it.
    /// </summary>
    public static KernelSource Open(KernelSourceOptions options)
    {
        KernelPrerequisites.Require();
        var hierarchy = CgroupHierarchy.Choose(options.Cgroups) ?? throw new CannotTraceException(
            "--cgroups v1: this node uses no v1 hierarchy",
            "use --cgroups auto");
        var root = CgroupRoot.Open(out var noRoot);
        BpfObject? programs = null;
        KernelState? state = null;
        try
        {
            var plan = HookPlanner.Choose(options, root, noRoot);
            programs = BpfPrograms.Open();
            var layout = RingLayout.For(BpfObject.PossibleCpus, options.RingBytes);
            string[] adopt = [.. HookPlan.AdoptPrograms.Where(program => BpfPrograms.Probe(program, root).Attaches)];
            string[] cgroupNames = HookPlan.CgroupNamePrograms.All(program => BpfPrograms.Probe(program, root).Attaches) ? [.. HookPlan.CgroupNamePrograms] : [];
            var canSweep = BpfPrograms.Probe(HookPlan.FlowProgram, root).Attaches;
            foreach (var program in (string[])[plan.SpineProgram, .. plan.CgroupPrograms, .. plan.OwnerPrograms, .. cgroupNames, .. adopt, .. canSweep ? [HookPlan.FlowProgram] : Array.Empty<string>()])
            {
                programs.Want(program);
            }

            var knobs = new Knobs
            {
                ShareNanoseconds = options.FairShare is { } share ? 1_000_000_000 / (ulong)share : 0,
                BeganNanoseconds = MonotonicClock.Now,
                RingCount = (uint)layout.Rings,
                CgroupController = Knobs.ControllerNumber(hierarchy.Controller),
                CgroupHierarchy = hierarchy.Id,
                AcceptHook = plan.AcceptHook,
                SlotMask = (uint)options.Sockets - 1,
                BySockOps = plan.Spine == Spine.SockOps ? 1u : 0u,
                MayRead = BpfPrograms.MayRead ? 1u : 0u,
                ByThread = plan.AcceptOwner is AcceptOwner.Kretprobe or AcceptOwner.Syscall ? 1u : 0u,
            };
            programs.Maps.Resize("slots", options.Sockets);
            programs.Maps.Resize("turns", options.Sockets);
            state = OpenState(options, programs.Maps, hierarchy.Id, canSweep, out var noState);
            programs.SetKnobs(MemoryMarshal.AsBytes(new ReadOnlySpan<Knobs>(in knobs)), 0);
            var rings = programs.Load(layout.Rings, layout.RingBytes);
            state?.Keep();
            var settings = new Settings { Connect4Id = programs.IdOf("nm_connect4"), Connect6Id = programs.IdOf("nm_connect6") };
            programs.Maps.Set("settings", settings);
            return new KernelSource(programs, rings, root, plan, hierarchy, cgroupNames, adopt, canSweep ? new FlowSweep(programs, settings, options.FlowEvery, state) : null, state, noState);
        }
        catch (NativeException e)
        {
            programs?.Dispose();
            state?.Dispose();
            root?.Dispose();
            throw KernelPrerequisites.Explain(e);
        }
    }

    public SourceTime ReadTime()
    {
        var now = MonotonicClock.Now; // before reading the sweep's bound
        return new SourceTime(Math.Min(now, _flows?.UnwrittenSince ?? now), _clock.OffsetNanoseconds);
    }

    public SourceCounters ReadCounters()
    {
        var sum = default(KernelCounters);
        _programs.Maps.SumPerCpu("counters", MemoryMarshal.Cast<KernelCounters, ulong>(new Span<KernelCounters>(ref sum)));
        var misses = _plan.Spine == Spine.Tracepoint ? Math.Max(_recursionMisses, _programs.RecursionMisses(_plan.SpineProgram)) : 0;
        var (flows, dropped) = (_flows?.Delivered ?? 0, _flows?.Dropped ?? 0);
        return new SourceCounters(
            sum.Seen + flows + dropped, sum.Delivered + flows, sum.DroppedRingFull + dropped, sum.DroppedNoRoom, sum.DroppedFairShare, misses,
            sum.AcceptsInferred, sum.CgroupsDropped, sum.ClosesEarly, sum.ClosesUnseen, _flows?.Failures ?? 0,
            _flows?.Sweeps ?? 0, _flows?.SweepNanoseconds ?? 0);
    }

    public IReadOnlyList<CgroupCounters> ReadCgroups() => _accounts.Read();

    public void RescanCgroups() => _scan.Request();

    public void Start()
    {
        try
        {
            // First, so that no cgroup is created between the scan of the tree and the kernel's reports of new ones.
            foreach (var program in _cgroupNames)
            {
                BpfPrograms.Attach(_programs, program, _root);
            }

            _scan.Request();

            // Owners next, so that the spine never waits for a hook that is not attached yet; existing listeners last.
            foreach (var program in _plan.OwnerPrograms)
            {
                BpfPrograms.Attach(_programs, program, _root);
            }

            foreach (var program in _plan.CgroupPrograms)
            {
                BpfPrograms.Attach(_programs, program, _root);
            }

            BpfPrograms.Attach(_programs, _plan.SpineProgram, _root);
            if (_state is { Inherited: > 0 } state)
            {
                _flows!.ReleaseGone();
                var gone = (int)ReadCounters().ClosesUnseen;
                _lived = $": {state.Inherited - gone} connections survived the restart, {gone} ended meanwhile";
            }

            foreach (var program in _adopt)
            {
                using var iterator = _programs.Iterate(program);
                NetworkNamespaces.Visit(() => _ = iterator.TryRunToEnd());
            }

            _flows?.Start();
        }
        catch (NativeException e)
        {
            throw KernelPrerequisites.Explain(e);
        }
    }

    public void Stop()
    {
        _recursionMisses = _plan.Spine == Spine.Tracepoint ? _programs.RecursionMisses(_plan.SpineProgram) : 0;
        _programs.Detach();
        _flows?.Stop();
        _scan.Stop();
    }

    public void Dispose()
    {
        _flows?.Dispose();
        _accounts.Dispose();
        _scan.Dispose();
        _cgroupRing.Dispose();
        foreach (var ring in _eventRings)
        {
            ring.Dispose();
        }

        _programs.Dispose();
        _state?.Dispose();
        _root?.Dispose();
    }

    /// <summary>Opens the state if configured and possible; else returns null and the reason.</summary>
    private static KernelState? OpenState(KernelSourceOptions options, BpfMaps maps, uint hierarchy, bool canSweep, out string why)
    {
        why = options.StateFolder is null ? "turned off" : "this kernel can't find released sockets: 5.9 or newer required";
        if (options.StateFolder is not { } folder || !canSweep)
        {
            return null;
        }

        var state = KernelState.Open(folder, maps, hierarchy, out why);
        return state is not null || !options.StateIsRequired || why == BpfFolder.InUse(folder)
            ? state
            : throw new CannotTraceException($"--state {folder}: {why}", "use a directory in a mounted bpffs (mount -t bpf bpf /sys/fs/bpf), or --state auto or none");
    }

    private static string Word(Enum value) => value.ToString().ToLowerInvariant();
}

using System.Runtime.InteropServices;
using NetMon.Native;

namespace NetMon.Capture;

/// <summary>This kernel: loads the programs, attaches them, and hands out the rings that they write to.</summary>
public sealed class KernelSource : IRecordSource
{
    private readonly BpfObject _programs;
    private readonly CgroupRoot? _root;
    private readonly HookPlan _plan;
    private readonly IReadOnlyList<string> _adopt;
    private readonly WallClock _clock = new();
    private ulong _recursionMisses;

    private KernelSource(BpfObject programs, IReadOnlyList<RingMapping> rings, CgroupRoot? root, HookPlan plan, IReadOnlyList<string> adopt) =>
        (_programs, Rings, _root, _plan, _adopt) = (programs, rings, root, plan, adopt);

    public string Description =>
        $"kernel: spine {Word(_plan.Spine)}{(_root is null ? "" : $" at {_root.Where}")}, accept owner {Word(_plan.AcceptOwner)}"
        + $" ({HookPlan.CostOf(_plan.AcceptOwner)}), {Rings.Count} rings of {Rings[0].DataBytes / 1024} KiB";

    public IReadOnlyList<RingMapping> Rings { get; }

    public bool IsLive => true;

    public bool HasEnded => false;

    /// <summary>
    /// Loads the programs for this kernel; nothing is attached before <see cref="Start"/>. Throws
    /// <see cref="CannotTraceException"/> where this kernel or these privileges don't allow it.
    /// </summary>
    public static KernelSource Open(KernelSourceOptions options)
    {
        KernelPrerequisites.Require();
        var root = CgroupRoot.Open(out var noRoot);
        BpfObject? programs = null;
        try
        {
            var plan = HookPlanner.Choose(options, root, noRoot);
            programs = BpfPrograms.Open();
            var layout = RingLayout.For(BpfObject.PossibleCpus, options.RingBytes);
            string[] adopt = [.. HookPlan.AdoptPrograms.Where(program => BpfPrograms.Probe(program, root).Attaches)];
            foreach (var program in (string[])[.. ProgramsToLoad(plan, root), .. adopt])
            {
                programs.Want(program);
            }

            var knobs = new Knobs
            {
                AcceptPatienceNanoseconds = (ulong)options.AcceptPatience.TotalNanoseconds,
                RingCount = (uint)layout.Rings,
                AcceptExact = plan.AcceptOwner == AcceptOwner.Listener ? 0u : 1u,
            };
            programs.SetKnobs(MemoryMarshal.AsBytes(new ReadOnlySpan<Knobs>(in knobs)), 0);
            return new KernelSource(programs, programs.Load(layout.Rings, layout.RingBytes), root, plan, adopt);
        }
        catch (NativeException e)
        {
            programs?.Dispose();
            root?.Dispose();
            throw KernelPrerequisites.Explain(e);
        }
    }

    public SourceTime ReadTime() => new(MonotonicClock.Now, _clock.OffsetNanoseconds);

    public SourceCounters ReadCounters()
    {
        var sum = default(KernelCounters);
        _programs.SumPerCpu("counters", MemoryMarshal.Cast<KernelCounters, ulong>(new Span<KernelCounters>(ref sum)));
        var misses = _plan.Spine == Spine.Tracepoint ? Math.Max(_recursionMisses, _programs.RecursionMisses(_plan.SpineProgram)) : 0;
        return new SourceCounters(sum.Seen, sum.Delivered, sum.DroppedRingFull, sum.DroppedNoState, misses, sum.AcceptsInferred);
    }

    public void Start()
    {
        try
        {
            // Owners first, so that the spine never waits for a hook that isn't there yet; who listens already, last.
            foreach (var program in _plan.OwnerPrograms)
            {
                BpfPrograms.Attach(_programs, program, _root);
            }

            foreach (var program in _root is null ? [] : HookPlan.CgroupPrograms)
            {
                BpfPrograms.Attach(_programs, program, _root);
            }

            BpfPrograms.Attach(_programs, _plan.SpineProgram, _root);
            foreach (var program in _adopt)
            {
                _programs.RunIterator(program);
            }
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
    }

    public void Dispose()
    {
        foreach (var ring in Rings)
        {
            ring.Dispose();
        }

        _programs.Dispose();
        _root?.Dispose();
    }

    private static IEnumerable<string> ProgramsToLoad(HookPlan plan, CgroupRoot? root)
    {
        IEnumerable<string> cgroup = root is null ? [] : HookPlan.CgroupPrograms;
        return [plan.SpineProgram, .. cgroup, .. plan.OwnerPrograms];
    }

    private static string Word(Enum value) => value.ToString().ToLowerInvariant();
}

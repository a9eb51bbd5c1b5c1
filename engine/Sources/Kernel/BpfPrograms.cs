using System.Runtime.InteropServices;
using NetMon.Native;
using NetMon.Sources.Kernel.Cgroups;

namespace NetMon.Sources.Kernel;

/// <summary>The compiled kernel programs, embedded in this assembly, and tests of what this kernel supports.</summary>
public static class BpfPrograms
{
    private const int ProbeRingBytes = 64 * 1024; // a multiple of every page size

    private static readonly Lazy<byte[]> Elf = new(ForThisKernel);

    private static readonly Lazy<bool> Reads = new(() => Takes(Elf.Value, "nm_probe_read"));

    /// <summary>Whether programs may read kernel memory by a helper, which lockdown=confidentiality forbids.</summary>
    public static bool MayRead => Reads.Value;

    /// <summary>Opens the object for this kernel without loading it. The caller must dispose it.</summary>
    public static BpfObject Open()
    {
        var opened = new BpfObject(Elf.Value);
        if (!MayRead)
        {
            var knobs = new Knobs { RingCount = 1 };
            opened.SetKnobs(MemoryMarshal.AsBytes(new ReadOnlySpan<Knobs>(in knobs)), 0);
        }

        return opened;
    }

    /// <summary>
    /// Loads a single program and attaches it briefly; returns whether that worked. <paramref name="root"/> is null if there is no cgroup v2
    /// hierarchy.
    /// </summary>
    public static ProgramProbe Probe(string program, CgroupRoot? root)
    {
        using var probed = Open();
        var hook = probed.HookOf(program);
        IReadOnlyList<RingMapping> rings = [];
        try
        {
            probed.Want(program);
            rings = probed.Load(1, ProbeRingBytes);
        }
        catch (NativeException e)
        {
            return new ProgramProbe(program, hook, false, false, 0, e.Message, e.Detail, e.Errno);
        }

        var verified = probed.VerifiedInstructions(program);
        try
        {
            Attach(probed, program, root);
            return new ProgramProbe(program, hook, true, true, verified, "", "", 0);
        }
        catch (NativeException e)
        {
            return new ProgramProbe(program, hook, true, false, verified, e.Message, e.Detail, e.Errno);
        }
        finally
        {
            foreach (var ring in rings)
            {
                ring.Dispose();
            }
        }
    }

    /// <summary>Chooses between two builds of the same programs: with compare-and-swap, and without, for kernels whose BPF lacks it.</summary>
    private static byte[] ForThisKernel()
    {
        var newer = Read("netmon.bpf.o");
        return Takes(newer, "nm_cmpxchg") ? newer : Read("netmon-5.10.bpf.o");
    }

    /// <summary>Whether this kernel's verifier accepts the program.</summary>
    private static bool Takes(byte[] elf, string program)
    {
        using var probed = new BpfObject(elf);
        try
        {
            probed.Want(program);
            foreach (var ring in probed.Load(1, ProbeRingBytes))
            {
                ring.Dispose();
            }

            return true;
        }
        catch (NativeException)
        {
            return false;
        }
    }

    private static byte[] Read(string name)
    {
        using var stream = typeof(BpfPrograms).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException("this build contains no BPF object: run make build");
        var elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return elf;
    }

    /// <summary>Attaches a loaded program in the way that its type requires. Throws <see cref="NativeException"/>.</summary>
    public static void Attach(BpfObject loaded, string program, CgroupRoot? root)
    {
        var hook = loaded.HookOf(program);
        if (HookPlan.AskedPrograms.Contains(program))
        {
            loaded.AttachCgroupFirst(program, root?.Directory ?? throw new NativeException($"attaching {hook} without a cgroup v2 root", 2));
        }
        else if (hook == "sockops" || hook.StartsWith("cgroup/", StringComparison.Ordinal))
        {
            loaded.AttachCgroup(program, root?.Directory ?? throw new NativeException($"attaching {hook} without a cgroup v2 root", 2));
        }
        else if (hook == "iter/bpf_map_elem")
        {
            loaded.IterateMap(program, "slots").Dispose();
        }
        else if (hook.StartsWith("tracepoint/", StringComparison.Ordinal))
        {
            loaded.AttachTracepoint(program);
        }
        else
        {
            loaded.Attach(program);
        }
    }
}

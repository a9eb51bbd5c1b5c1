using System.Runtime.InteropServices;
using NetMon.Native;
using NetMon.Sources.Kernel.Cgroups;

namespace NetMon.Sources.Kernel;

/// <summary>The compiled kernel side, which is inside this assembly, and what this kernel says to its programs.</summary>
public static class BpfPrograms
{
    private const int ProbeRingBytes = 64 * 1024; // a multiple of every page size there is

    private static readonly Lazy<byte[]> Elf = new(ForThisKernel);

    private static readonly Lazy<bool> Reads = new(() => Takes(Elf.Value, "nm_probe_read"));

    /// <summary>Whether programs may read the kernel's memory by a helper: not in lockdown=confidentiality.</summary>
    public static bool MayRead => Reads.Value;

    /// <summary>Opens the object for this kernel; nothing is loaded yet. The caller disposes of it.</summary>
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
    /// Loads one program alone, attaches it for a moment, and says whether that worked. <paramref name="root"/> is
    /// null where there is no cgroup v2.
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

    /// <summary>The same programs are there twice: with compare-and-swap, and without for kernels whose BPF doesn't have it.</summary>
    private static byte[] ForThisKernel()
    {
        var newer = Read("netmon.bpf.o");
        return Takes(newer, "nm_cmpxchg") ? newer : Read("netmon-5.10.bpf.o");
    }

    /// <summary>Whether this kernel's verifier takes the program.</summary>
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
            ?? throw new InvalidOperationException("this build has no BPF object inside: run make build");
        var elf = new byte[stream.Length];
        stream.ReadExactly(elf);
        return elf;
    }

    /// <summary>Attaches a loaded program in the way its kind needs. Throws <see cref="NativeException"/>.</summary>
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

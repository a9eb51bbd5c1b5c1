using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>
/// A BPF object: opened, told what to load, loaded, attached. Owns its programs, maps and links: all end with it, or
/// with the process. Not thread-safe. Every failure is a <see cref="NativeException"/>.
/// </summary>
public sealed unsafe class BpfObject : IDisposable
{
    private const int RingBufferType = 27; // BPF_MAP_TYPE_RINGBUF
    private readonly Dictionary<string, nint> _programs = [];
    private readonly List<nint> _links = [];
    private readonly List<int> _linkDescriptors = []; // of links that libbpf did not make
    private readonly List<int> _rings = [];
    private nint _object;

    /// <summary>Reads an ELF object; nothing is loaded into the kernel yet and nothing is set to be.</summary>
    public BpfObject(ReadOnlySpan<byte> elf)
    {
        LibbpfLog.Start();
        fixed (byte* bytes = elf)
        {
            _object = Libbpf.OpenObject(bytes, (nuint)elf.Length, 0);
        }

        if (_object == 0)
        {
            throw NativeException.FromErrno("reading the BPF object", LibbpfLog.Take());
        }

        Maps = new BpfMaps(_object);
        for (var program = Libbpf.NextProgram(_object, 0); program != 0; program = Libbpf.NextProgram(_object, program))
        {
            _programs[Marshal.PtrToStringUTF8(Libbpf.ProgramName(program))!] = program;
            _ = Libbpf.SetAutoload(program, 0);
        }
    }

    /// <summary>The object's maps.</summary>
    public BpfMaps Maps { get; }

    /// <summary>How many CPUs there may ever be: per-CPU maps have a value for each.</summary>
    public static int PossibleCpus => Libbpf.PossibleCpus();

    /// <summary>Where a program hooks in, as in its section's name: <c>fexit/inet_csk_accept</c>.</summary>
    public string HookOf(string program) => Marshal.PtrToStringUTF8(Libbpf.ProgramSection(_programs[program]))!;

    /// <summary>Has <see cref="Load"/> load this program.</summary>
    public void Want(string program) => _ = Libbpf.SetAutoload(_programs[program], 1);

    /// <summary>Sets a <c>const volatile</c> of the object before it is loaded.</summary>
    public void SetKnobs(ReadOnlySpan<byte> value, int offset)
    {
        var bytes = Libbpf.InitialValue(Maps.Find(".rodata"), out var size);
        value.CopyTo(new Span<byte>(bytes, (int)size)[offset..]);
    }

    /// <summary>Loads what is wanted, with <paramref name="rings"/> rings of <paramref name="ringBytes"/> bytes each in the map "rings".</summary>
    public IReadOnlyList<RingMapping> Load(int rings, int ringBytes)
    {
        for (var made = 0; made < rings; made++)
        {
            var ring = Libbpf.CreateMap(RingBufferType, "netmon_ring", 0, 0, (uint)ringBytes, 0);
            _rings.Add(ring >= 0 ? ring : throw new NativeException("making a ring", -ring));
        }

        // The first ring is the pattern of the map of rings, too: libbpf 1.1 can't resize the declared one.
        var outer = Maps.Find("rings");
        _ = Libbpf.SetMaxEntries(outer, (uint)rings);
        _ = Libbpf.SetInnerMap(outer, _rings[0]);
        var result = Libbpf.LoadObject(_object);
        if (result != 0)
        {
            throw new NativeException("loading the BPF programs", -result, LibbpfLog.Take());
        }

        for (var index = 0; index < rings; index++)
        {
            var ring = _rings[index];
            result = Libbpf.UpdateElement(Libbpf.MapDescriptor(outer), &index, &ring, 0);
            if (result != 0)
            {
                throw new NativeException("putting a ring into its map", -result);
            }
        }

        return [.. _rings.Select(ring => RingMapping.OfMap(ring, ringBytes))];
    }

    /// <summary>Attaches a program where its section's name says (tracing, kprobe, iterator).</summary>
    public void Attach(string program) => Keep(Libbpf.Attach(_programs[program]), program);

    /// <summary>Attaches a cgroup program by a link: beside others' programs, and gone with this process.</summary>
    public void AttachCgroup(string program, CgroupDirectory cgroup) => Keep(Libbpf.AttachCgroup(_programs[program], cgroup.Descriptor), program);

    /// <summary>The same, to run before all other programs, those of cgroups below too (6.16+; before, the kernel answers EINVAL).</summary>
    public void AttachCgroupFirst(string program, CgroupDirectory cgroup)
    {
        var options = new Libbpf.LinkOptions { Size = (nuint)sizeof(Libbpf.LinkOptions), Flags = Libbpf.BeforeAll };
        var link = Libbpf.CreateLink(Libbpf.ProgramDescriptor(_programs[program]), cgroup.Descriptor, Libbpf.ExpectedAttachType(_programs[program]), &options);
        _linkDescriptors.Add(link >= 0 ? link : throw new NativeException($"attaching {HookOf(program)} first", -link));
    }

    /// <summary>Attaches a program to a tracepoint whether or not tracefs is mounted.</summary>
    public void AttachTracepoint(string program)
    {
        var parts = HookOf(program).Split('/');
        Keep(Libbpf.AttachPerfEvent(_programs[program], Tracepoint.Open(parts[1], parts[2])), program);
    }

    /// <summary>Attaches an iterator over what its section's name says; the caller disposes of it.</summary>
    public BpfIterator Iterate(string program) => IterateWith(program, null);

    /// <summary>Attaches an iterator to a map of the object; the caller disposes of it.</summary>
    public BpfIterator IterateMap(string program, string map)
    {
        var info = new Libbpf.IteratorLinkInfo { Map = (uint)Libbpf.MapDescriptor(Maps.Find(map)) };
        var options = new Libbpf.IteratorOptions { Size = (nuint)sizeof(Libbpf.IteratorOptions), LinkInfo = &info, LinkInfoBytes = (uint)sizeof(Libbpf.IteratorLinkInfo) };
        return IterateWith(program, &options);
    }

    /// <summary>Takes every program off its hook. What was written to the rings stays readable.</summary>
    public void Detach()
    {
        for (var last = _links.Count - 1; last >= 0; last--)
        {
            _ = Libbpf.DestroyLink(_links[last]);
        }

        _links.Clear();
        foreach (var link in _linkDescriptors)
        {
            _ = Libc.Close(link);
        }

        _linkDescriptors.Clear();
    }

    /// <summary>Memory of all maps and rings, bytes, as the kernel accounts for it.</summary>
    public long KernelBytes => Maps.KernelBytes + _rings.Sum(MapMemory.BytesOf);

    /// <summary>How often the kernel skipped a program because it would have re-entered on its CPU (5.12+, else 0).</summary>
    public ulong RecursionMisses(string program) => BinaryPrimitives.ReadUInt64LittleEndian(ProgramInfo(program).AsSpan(208));

    /// <summary>Instructions that the verifier went through for a loaded program (5.16+, else 0); it gives up at a million.</summary>
    public uint VerifiedInstructions(string program) => BinaryPrimitives.ReadUInt32LittleEndian(ProgramInfo(program).AsSpan(216));

    /// <summary>The kernel's number of a loaded program; 0: it is not loaded.</summary>
    public uint IdOf(string program) => BinaryPrimitives.ReadUInt32LittleEndian(ProgramInfo(program).AsSpan(4));

    public void Dispose()
    {
        if (_object == 0)
        {
            return;
        }

        Detach();
        foreach (var ring in _rings)
        {
            _ = Libc.Close(ring);
        }

        Libbpf.CloseObject(_object);
        _object = 0;
    }

    private BpfIterator IterateWith(string program, Libbpf.IteratorOptions* options)
    {
        var link = Libbpf.AttachIterator(_programs[program], options);
        return link != 0 ? new BpfIterator(link) : throw NativeException.FromErrno($"attaching {HookOf(program)}", LibbpfLog.Take());
    }

    /// <summary>struct bpf_prog_info of include/uapi/linux/bpf.h; what the kernel does not know is 0.</summary>
    private byte[] ProgramInfo(string program)
    {
        var info = new byte[224]; // up to verified_insns
        var length = (uint)info.Length;
        fixed (byte* to = info)
        {
            _ = Libbpf.ObjectInfo(Libbpf.ProgramDescriptor(_programs[program]), to, &length);
        }

        return info;
    }

    private void Keep(nint link, string program)
    {
        if (link == 0)
        {
            throw NativeException.FromErrno($"attaching {HookOf(program)}", LibbpfLog.Take());
        }

        _links.Add(link);
    }
}

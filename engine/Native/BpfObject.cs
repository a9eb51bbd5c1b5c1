using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>
/// A BPF object: opened, configured, loaded, attached. Owns its programs, maps and links, which all end with it or with the process. Not
/// thread-safe. All failures throw <see cref="NativeException"/>.
/// </summary>
public sealed unsafe class BpfObject : IDisposable
{
    private const int RingBufferType = 27; // BPF_MAP_TYPE_RINGBUF
    private readonly Dictionary<string, nint> _programs = [];
    private readonly List<nint> _links = [];
    private readonly List<int> _linkDescriptors = []; // of links not created by libbpf
    private readonly List<int> _rings = [];
    private nint _object;

    /// <summary>Reads an ELF object. Nothing is loaded yet, and no program is selected.</summary>
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

    /// <summary>The number of possible CPUs; per-CPU maps have a value for each.</summary>
    public static int PossibleCpus => Libbpf.PossibleCpus();

    /// <summary>Returns the hook of a program from its section's name, such as <c>fexit/inet_csk_accept</c>.</summary>
    public string HookOf(string program) => Marshal.PtrToStringUTF8(Libbpf.ProgramSection(_programs[program]))!;

    /// <summary>Selects a program to be loaded by <see cref="Load"/>.</summary>
    public void Want(string program) => _ = Libbpf.SetAutoload(_programs[program], 1);

    /// <summary>Sets a <c>const volatile</c> of the object before loading.</summary>
    public void SetKnobs(ReadOnlySpan<byte> value, int offset)
    {
        var bytes = Libbpf.InitialValue(Maps.Find(".rodata"), out var size);
        value.CopyTo(new Span<byte>(bytes, (int)size)[offset..]);
    }

    /// <summary>Loads the selected programs, with <paramref name="rings"/> rings of <paramref name="ringBytes"/> bytes each in the map "rings".</summary>
    public IReadOnlyList<RingMapping> Load(int rings, int ringBytes)
    {
        for (var made = 0; made < rings; made++)
        {
            var ring = Libbpf.CreateMap(RingBufferType, "netmon_ring", 0, 0, (uint)ringBytes, 0);
            _rings.Add(ring >= 0 ? ring : throw new NativeException("creating a ring", -ring));
        }

        // The first ring is also the template of the map of rings: libbpf 1.1 can't resize the declared one.
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

    /// <summary>Attaches a program according to its section's name (tracing, kprobe, iterator).</summary>
    public void Attach(string program) => Keep(Libbpf.Attach(_programs[program]), program);

    /// <summary>Attaches a cgroup program by a link, which coexists with other programs and ends with this process.</summary>
    public void AttachCgroup(string program, CgroupDirectory cgroup) => Keep(Libbpf.AttachCgroup(_programs[program], cgroup.Descriptor), program);

    /// <summary>As <see cref="AttachCgroup"/>, to run before all other programs, including those of descendant cgroups (6.16+; older kernels return EINVAL).</summary>
    public void AttachCgroupFirst(string program, CgroupDirectory cgroup)
    {
        var options = new Libbpf.LinkOptions { Size = (nuint)sizeof(Libbpf.LinkOptions), Flags = Libbpf.BeforeAll };
        var link = Libbpf.CreateLink(Libbpf.ProgramDescriptor(_programs[program]), cgroup.Descriptor, Libbpf.ExpectedAttachType(_programs[program]), &options);
        _linkDescriptors.Add(link >= 0 ? link : throw new NativeException($"attaching {HookOf(program)} first", -link));
    }

    /// <summary>Attaches a program to a tracepoint, even if tracefs is not mounted.</summary>
    public void AttachTracepoint(string program)
    {
        var parts = HookOf(program).Split('/');
        Keep(Libbpf.AttachPerfEvent(_programs[program], Tracepoint.Open(parts[1], parts[2])), program);
    }

    /// <summary>Attaches an iterator according to its section's name; the caller must dispose it.</summary>
    public BpfIterator Iterate(string program) => IterateWith(program, null);

    /// <summary>Attaches an iterator to a map of the object; the caller must dispose it.</summary>
    public BpfIterator IterateMap(string program, string map)
    {
        var info = new Libbpf.IteratorLinkInfo { Map = (uint)Libbpf.MapDescriptor(Maps.Find(map)) };
        var options = new Libbpf.IteratorOptions { Size = (nuint)sizeof(Libbpf.IteratorOptions), LinkInfo = &info, LinkInfoBytes = (uint)sizeof(Libbpf.IteratorLinkInfo) };
        return IterateWith(program, &options);
    }

    /// <summary>Detaches all programs. Records in the rings stay readable.</summary>
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

    /// <summary>The memory of all maps and rings in bytes, as accounted by the kernel.</summary>
    public long KernelBytes => Maps.KernelBytes + _rings.Sum(MapMemory.BytesOf);

    /// <summary>Returns how often the kernel skipped a program to avoid recursion on a CPU (5.12+, else 0).</summary>
    public ulong RecursionMisses(string program) => BinaryPrimitives.ReadUInt64LittleEndian(ProgramInfo(program).AsSpan(208));

    /// <summary>Returns the number of instructions that the verifier processed for a loaded program (5.16+, else 0); its limit is one million.</summary>
    public uint VerifiedInstructions(string program) => BinaryPrimitives.ReadUInt32LittleEndian(ProgramInfo(program).AsSpan(216));

    /// <summary>Returns the kernel's id of a loaded program; 0 if it is not loaded.</summary>
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

    /// <summary>Reads struct bpf_prog_info of include/uapi/linux/bpf.h; fields that the kernel does not support are 0.</summary>
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

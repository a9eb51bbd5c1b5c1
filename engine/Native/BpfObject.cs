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

        for (var program = Libbpf.NextProgram(_object, 0); program != 0; program = Libbpf.NextProgram(_object, program))
        {
            _programs[Marshal.PtrToStringUTF8(Libbpf.ProgramName(program))!] = program;
            _ = Libbpf.SetAutoload(program, 0);
        }
    }

    /// <summary>How many CPUs there may ever be: per-CPU maps have a value for each.</summary>
    public static int PossibleCpus => Libbpf.PossibleCpus();

    /// <summary>Where a program hooks in, as in its section's name: <c>fexit/inet_csk_accept</c>.</summary>
    public string HookOf(string program) => Marshal.PtrToStringUTF8(Libbpf.ProgramSection(_programs[program]))!;

    /// <summary>Has <see cref="Load"/> load this program.</summary>
    public void Want(string program) => _ = Libbpf.SetAutoload(_programs[program], 1);

    /// <summary>Sets a <c>const volatile</c> of the object before it is loaded.</summary>
    public void SetKnobs(ReadOnlySpan<byte> value, int offset)
    {
        var bytes = Libbpf.InitialValue(FindMap(".rodata"), out var size);
        value.CopyTo(new Span<byte>(bytes, (int)size)[offset..]);
    }

    /// <summary>Sets how many elements a map has, before the object is loaded; nothing where the object has no such map.</summary>
    public void Resize(string map, int elements)
    {
        var found = Libbpf.FindMap(_object, map);
        if (found != 0)
        {
            _ = Libbpf.SetMaxEntries(found, (uint)elements);
        }
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
        var outer = FindMap("rings");
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

    /// <summary>Maps a ring that the object itself declares, once it is loaded; the caller disposes of it.</summary>
    public RingMapping MapRing(string map)
    {
        var ring = FindMap(map);
        return RingMapping.OfMap(Libbpf.MapDescriptor(ring), (int)Libbpf.MaxEntries(ring));
    }

    /// <summary>Attaches a program where its section's name says (tracing, kprobe, iterator).</summary>
    public void Attach(string program) => Keep(Libbpf.Attach(_programs[program]), program);

    /// <summary>Attaches a cgroup program by a link: beside others' programs, and gone with this process.</summary>
    public void AttachCgroup(string program, CgroupDirectory cgroup) => Keep(Libbpf.AttachCgroup(_programs[program], cgroup.Descriptor), program);

    /// <summary>Attaches a program to a tracepoint whether or not tracefs is mounted.</summary>
    public void AttachTracepoint(string program)
    {
        var parts = HookOf(program).Split('/');
        Keep(Libbpf.AttachPerfEvent(_programs[program], Tracepoint.Open(parts[1], parts[2])), program);
    }

    /// <summary>
    /// Attaches an iterator, lets <paramref name="repeat"/> run it to its end as often and in whatever network namespaces it
    /// likes, and detaches it.
    /// </summary>
    public void RunIterator(string program, Action<Action> repeat)
    {
        Attach(program);
        var link = _links[^1];
        repeat(() => ReadToEnd(Libbpf.CreateIterator(Libbpf.LinkDescriptor(link))));
        _links.RemoveAt(_links.Count - 1);
        _ = Libbpf.DestroyLink(link);
    }

    /// <summary>Takes every program off its hook. What was written to the rings stays readable.</summary>
    public void Detach()
    {
        for (var last = _links.Count - 1; last >= 0; last--)
        {
            _ = Libbpf.DestroyLink(_links[last]);
        }

        _links.Clear();
    }

    /// <summary>Memory of all maps and rings, bytes, as the kernel accounts for it (memlock of /proc/self/fdinfo).</summary>
    public long KernelBytes
    {
        get
        {
            var bytes = _rings.Sum(MapMemory.BytesOf);
            for (var map = Libbpf.NextMap(_object, 0); map != 0; map = Libbpf.NextMap(_object, map))
            {
                bytes += MapMemory.BytesOf(Libbpf.MapDescriptor(map));
            }

            return bytes;
        }
    }

    /// <summary>Sums the u64 words of the only element of a per-CPU array over all CPUs into <paramref name="sums"/>.</summary>
    public void SumPerCpu(string map, Span<ulong> sums)
    {
        var words = new ulong[PossibleCpus * sums.Length];
        uint key = 0;
        fixed (ulong* values = words)
        {
            var result = Libbpf.LookupElement(Libbpf.MapDescriptor(FindMap(map)), &key, values);
            if (result != 0)
            {
                throw new NativeException($"reading the map {map}", -result);
            }
        }

        sums.Clear();
        for (var word = 0; word < words.Length; word++)
        {
            sums[word % sums.Length] += words[word];
        }
    }

    /// <summary>How often the kernel skipped a program because it would have re-entered on its CPU (5.12+, else 0).</summary>
    public ulong RecursionMisses(string program)
    {
        // struct bpf_prog_info of include/uapi/linux/bpf.h: recursion_misses is the u64 at byte 208.
        const int size = 216;
        var info = stackalloc byte[size];
        new Span<byte>(info, size).Clear();
        uint length = size;
        return Libbpf.ObjectInfo(Libbpf.ProgramDescriptor(_programs[program]), info, &length) == 0 && length >= size ? *(ulong*)(info + 208) : 0;
    }

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

    /// <summary>The program writes nothing into its output: what it does, it does to maps.</summary>
    private static void ReadToEnd(int iterator)
    {
        if (iterator < 0)
        {
            return;
        }

        var buffer = stackalloc byte[4096];
        while (Libc.Read(iterator, buffer, 4096) > 0)
        {
        }

        _ = Libc.Close(iterator);
    }

    private nint FindMap(string name)
    {
        var map = Libbpf.FindMap(_object, name);
        return map != 0 ? map : throw new ArgumentException($"the BPF object has no map {name}", nameof(name));
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

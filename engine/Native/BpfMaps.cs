namespace NetMon.Native;

/// <summary>The maps that a <see cref="BpfObject"/> declares, which live as long as it does. All failures throw <see cref="NativeException"/>.</summary>
public sealed unsafe class BpfMaps
{
    private readonly nint _object;

    internal BpfMaps(nint libbpfObject) => _object = libbpfObject;

    /// <summary>Sets the number of elements of a map before the object is loaded; does nothing if the object has no such map.</summary>
    public void Resize(string map, int elements)
    {
        var found = Libbpf.FindMap(_object, map);
        if (found != 0)
        {
            _ = Libbpf.SetMaxEntries(found, (uint)elements);
        }
    }

    /// <summary>Whether the object declares a map.</summary>
    public bool Has(string map) => Libbpf.FindMap(_object, map) != 0;

    /// <summary>Returns the declared shape of a map, including changes by <see cref="Resize"/>.</summary>
    public MapShape ShapeOf(string map)
    {
        var found = Find(map);
        return new MapShape(Libbpf.MapType(found), Libbpf.KeySize(found), Libbpf.ValueSize(found), Libbpf.MaxEntries(found));
    }

    /// <summary>Makes the object use an existing map of the same shape instead of a new one.</summary>
    public void Reuse(string map, PinnedMap there)
    {
        var result = Libbpf.ReuseMap(Find(map), there.Descriptor);
        if (result != 0)
        {
            throw new NativeException($"reusing the map {map}", -result);
        }
    }

    /// <summary>Pins a map of the loaded object in a bpffs, where it outlives the object; only its owner may open it.</summary>
    public void Pin(string map, string path)
    {
        var result = Libbpf.Pin(Libbpf.MapDescriptor(Find(map)), path);
        if (result != 0)
        {
            throw new NativeException($"pinning the map {map} at {path}", -result);
        }
    }

    /// <summary>Maps a ring that the object itself declares, after loading; the caller must dispose it.</summary>
    public RingMapping MapRing(string map)
    {
        var ring = Find(map);
        return RingMapping.OfMap(Libbpf.MapDescriptor(ring), (int)Libbpf.MaxEntries(ring));
    }

    /// <summary>Maps an array declared with BPF_F_MMAPABLE, after loading; the caller must dispose it.</summary>
    public BpfArray<T> MapArray<T>(string map)
        where T : unmanaged
    {
        var array = Find(map);
        return Libbpf.ValueSize(array) == sizeof(T)
            ? BpfArray<T>.OfMap(Libbpf.MapDescriptor(array), (int)Libbpf.MaxEntries(array))
            : throw new ArgumentException($"an element of the map {map} has {Libbpf.ValueSize(array)} bytes, {typeof(T).Name} {sizeof(T)}", nameof(map));
    }

    /// <summary>Sets the only element of an array.</summary>
    public void Set<T>(string map, T value)
        where T : unmanaged
    {
        uint key = 0;
        var result = Libbpf.UpdateElement(Libbpf.MapDescriptor(Find(map)), &key, &value, 0);
        if (result != 0)
        {
            throw new NativeException($"setting the map {map}", -result);
        }
    }

    /// <summary>The memory of the object's maps in bytes, as accounted by the kernel.</summary>
    public long KernelBytes
    {
        get
        {
            long bytes = 0;
            for (var map = Libbpf.NextMap(_object, 0); map != 0; map = Libbpf.NextMap(_object, map))
            {
                bytes += MapMemory.BytesOf(Libbpf.MapDescriptor(map));
            }

            return bytes;
        }
    }

    /// <summary>Sums the u64 words of the only element of a per-CPU array over all CPUs.</summary>
    public void SumPerCpu(string map, Span<ulong> sums)
    {
        var words = new ulong[BpfObject.PossibleCpus * sums.Length];
        uint key = 0;
        fixed (ulong* values = words)
        {
            var result = Libbpf.LookupElement(Libbpf.MapDescriptor(Find(map)), &key, values);
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

    /// <summary>Returns libbpf's pointer to a map.</summary>
    internal nint Find(string name)
    {
        var map = Libbpf.FindMap(_object, name);
        return map != 0 ? map : throw new ArgumentException($"the BPF object has no map {name}", nameof(name));
    }
}

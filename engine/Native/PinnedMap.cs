using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace NetMon.Native;

/// <summary>A BPF map that is, or can be, pinned in a bpffs. Owns a descriptor of it. All failures throw <see cref="NativeException"/>.</summary>
public sealed unsafe class PinnedMap : IDisposable
{
    private const int Enoent = 2;
    private const uint ElementsAtOnce = 4096;
    private readonly SafeFileHandle _handle;

    private PinnedMap(int descriptor)
    {
        _handle = new SafeFileHandle(descriptor, ownsHandle: true);
        var info = stackalloc uint[20]; // struct bpf_map_info of include/uapi/linux/bpf.h: type, id, key_size, value_size, max_entries, ...
        var length = 20u * sizeof(uint);
        var result = Libbpf.ObjectInfo(descriptor, info, &length);
        if (result != 0)
        {
            _handle.Dispose();
            throw new NativeException("reading the properties of a map", -result);
        }

        Shape = new MapShape(info[0], info[2], info[3], info[4]);
    }

    /// <summary>The map's shape.</summary>
    public MapShape Shape { get; }

    internal int Descriptor => (int)_handle.DangerousGetHandle();

    /// <summary>Opens a pinned map; null if it does not exist.</summary>
    public static PinnedMap? TryOpen(string path) => Libbpf.OpenPinned(path) switch
    {
        >= 0 and var descriptor => new PinnedMap(descriptor),
        -Enoent => null,
        var result => throw new NativeException($"opening {path}", -result),
    };

    /// <summary>Creates a map and pins it.</summary>
    public static PinnedMap Create(string name, MapShape shape, string path)
    {
        var descriptor = Libbpf.CreateMap((int)shape.Type, name, shape.KeyBytes, shape.ValueBytes, shape.MaxEntries, 0);
        var map = new PinnedMap(descriptor >= 0 ? descriptor : throw new NativeException($"creating the map {name}", -descriptor));
        var result = Libbpf.Pin(descriptor, path);
        if (result != 0)
        {
            map.Dispose();
            throw new NativeException($"pinning the map {name} at {path}", -result);
        }

        return map;
    }

    /// <summary>Returns the only element of an array.</summary>
    public T Get<T>()
        where T : unmanaged
    {
        uint key = 0;
        T value;
        var result = Libbpf.LookupElement(Descriptor, &key, &value);
        return result == 0 ? value : throw new NativeException("reading a map", -result);
    }

    /// <summary>Sets the only element of an array.</summary>
    public void Set<T>(T value)
        where T : unmanaged
    {
        uint key = 0;
        var result = Libbpf.UpdateElement(Descriptor, &key, &value, 0);
        if (result != 0)
        {
            throw new NativeException("setting a map", -result);
        }
    }

    /// <summary>Counts the elements whose first eight bytes are not 0. The size of a value must be a multiple of eight bytes.</summary>
    public int CountUsed()
    {
        var words = (int)Shape.ValueBytes / sizeof(ulong);
        var values = (ulong*)NativeMemory.Alloc(ElementsAtOnce, Shape.ValueBytes);
        var keys = (byte*)NativeMemory.Alloc(ElementsAtOnce, Shape.KeyBytes);
        try
        {
            ulong at = 0; // the kernel's batch cursor, at most eight bytes
            var (used, result, first) = (0, 0, true);
            while (result == 0)
            {
                var count = ElementsAtOnce;
                result = Libbpf.LookupElements(Descriptor, first ? null : &at, &at, keys, values, &count, 0);
                if (result is not (0 or -Enoent)) // ENOENT: this was the last batch
                {
                    throw new NativeException("reading a map", -result);
                }

                for (uint element = 0; element < count; element++)
                {
                    used += values[element * words] != 0 ? 1 : 0;
                }

                first = false;
            }

            return used;
        }
        finally
        {
            NativeMemory.Free(values);
            NativeMemory.Free(keys);
        }
    }

    public void Dispose() => _handle.Dispose();
}

using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>libbpf 1.x, as declared in bpf/libbpf.h and bpf/bpf.h. Pointers belong to libbpf; the classes that hold them document who frees them.</summary>
internal static unsafe partial class Libbpf
{
    private const string Library = "libbpf";

    /// <summary><c>union bpf_iter_link_info</c> of include/uapi/linux/bpf.h, its part for maps.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 16)]
    public struct IteratorLinkInfo
    {
        public uint Map;
    }

    /// <summary>BPF_F_PREORDER and BPF_F_BEFORE of include/uapi/linux/bpf.h: before the programs of descendant cgroups, and before all of this one.</summary>
    public const uint BeforeAll = 1 << 6 | 1 << 3;

    /// <summary>The first fields of <c>struct bpf_link_create_opts</c> of bpf/bpf.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct LinkOptions
    {
        public nuint Size;
        public nuint Flags;
    }

    /// <summary><c>struct bpf_iter_attach_opts</c> of bpf/libbpf.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct IteratorOptions
    {
        public nuint Size;
        public IteratorLinkInfo* LinkInfo;
        public uint LinkInfoBytes;
    }

    [LibraryImport(Library, EntryPoint = "libbpf_set_print")]
    public static partial nint SetPrint(delegate* unmanaged<int, byte*, nint, int> print);

    [LibraryImport(Library, EntryPoint = "libbpf_num_possible_cpus")]
    public static partial int PossibleCpus();

    [LibraryImport(Library, EntryPoint = "bpf_object__open_mem", SetLastError = true)]
    public static partial nint OpenObject(byte* bytes, nuint size, nint options);

    [LibraryImport(Library, EntryPoint = "bpf_object__load")]
    public static partial int LoadObject(nint obj);

    [LibraryImport(Library, EntryPoint = "bpf_object__close")]
    public static partial void CloseObject(nint obj);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_program")]
    public static partial nint NextProgram(nint obj, nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__name")]
    public static partial nint ProgramName(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__section_name")]
    public static partial nint ProgramSection(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__expected_attach_type")]
    public static partial int ExpectedAttachType(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__set_autoload")]
    public static partial int SetAutoload(nint program, byte autoload);

    [LibraryImport(Library, EntryPoint = "bpf_program__fd")]
    public static partial int ProgramDescriptor(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_object__find_map_by_name", StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint FindMap(nint obj, string name);

    [LibraryImport(Library, EntryPoint = "bpf_object__next_map")]
    public static partial nint NextMap(nint obj, nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_max_entries")]
    public static partial int SetMaxEntries(nint map, uint entries);

    [LibraryImport(Library, EntryPoint = "bpf_map__max_entries")]
    public static partial uint MaxEntries(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__type")]
    public static partial uint MapType(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__key_size")]
    public static partial uint KeySize(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__value_size")]
    public static partial uint ValueSize(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__reuse_fd")]
    public static partial int ReuseMap(nint map, int descriptor);

    [LibraryImport(Library, EntryPoint = "bpf_map__set_inner_map_fd")]
    public static partial int SetInnerMap(nint map, int template);

    [LibraryImport(Library, EntryPoint = "bpf_map__fd")]
    public static partial int MapDescriptor(nint map);

    [LibraryImport(Library, EntryPoint = "bpf_map__initial_value")]
    public static partial byte* InitialValue(nint map, out nuint size);

    [LibraryImport(Library, EntryPoint = "bpf_map_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateMap(int type, string name, uint keySize, uint valueSize, uint maxEntries, nint options);

    [LibraryImport(Library, EntryPoint = "bpf_map_update_elem")]
    public static partial int UpdateElement(int map, void* key, void* value, ulong flags);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_elem")]
    public static partial int LookupElement(int map, void* key, void* value);

    [LibraryImport(Library, EntryPoint = "bpf_map_lookup_batch")]
    public static partial int LookupElements(int map, void* inBatch, void* outBatch, void* keys, void* values, uint* count, nint options);

    [LibraryImport(Library, EntryPoint = "bpf_obj_pin", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Pin(int descriptor, string path);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenPinned(string path);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach", SetLastError = true)]
    public static partial nint Attach(nint program);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_iter", SetLastError = true)]
    public static partial nint AttachIterator(nint program, IteratorOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_cgroup", SetLastError = true)]
    public static partial nint AttachCgroup(nint program, int cgroup);

    [LibraryImport(Library, EntryPoint = "bpf_program__attach_perf_event", SetLastError = true)]
    public static partial nint AttachPerfEvent(nint program, int perfEvent);

    [LibraryImport(Library, EntryPoint = "bpf_link_create")]
    public static partial int CreateLink(int program, int target, int attachType, LinkOptions* options);

    [LibraryImport(Library, EntryPoint = "bpf_prog_query")]
    public static partial int QueryPrograms(int target, int attachType, uint flags, uint* attachFlags, uint* programs, uint* count);

    [LibraryImport(Library, EntryPoint = "bpf_prog_get_fd_by_id")]
    public static partial int OpenProgram(uint id);

    [LibraryImport(Library, EntryPoint = "bpf_link__fd")]
    public static partial int LinkDescriptor(nint link);

    [LibraryImport(Library, EntryPoint = "bpf_link__destroy")]
    public static partial int DestroyLink(nint link);

    [LibraryImport(Library, EntryPoint = "bpf_iter_create")]
    public static partial int CreateIterator(int link);

    [LibraryImport(Library, EntryPoint = "bpf_obj_get_info_by_fd")]
    public static partial int ObjectInfo(int descriptor, void* info, uint* length);
}

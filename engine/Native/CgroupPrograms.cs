using System.Text;

namespace NetMon.Native;

/// <summary>Lists the BPF programs attached to a cgroup, by any process.</summary>
public static unsafe class CgroupPrograms
{
    private const int Most = 64; // the kernel's limit per hook
    private const int NameOffset = 64; // in struct bpf_prog_info, include/uapi/linux/bpf.h
    private const int NameBytes = 16;

    /// <summary>Returns their names in the order of execution; empty if the kernel does not report them. A program without a name is represented by its id.</summary>
    public static IReadOnlyList<string> At(CgroupDirectory cgroup, CgroupHook hook)
    {
        var programs = stackalloc uint[Most];
        uint count = Most, flags = 0;
        if (Libbpf.QueryPrograms(cgroup.Descriptor, (int)hook, 0, &flags, programs, &count) != 0)
        {
            return [];
        }

        var names = new List<string>();
        for (var program = 0; program < count; program++)
        {
            names.Add(NameOf(programs[program]));
        }

        return names;
    }

    private static string NameOf(uint id)
    {
        var descriptor = Libbpf.OpenProgram(id);
        var info = stackalloc byte[NameOffset + NameBytes];
        new Span<byte>(info, NameOffset + NameBytes).Clear();
        var length = (uint)(NameOffset + NameBytes);
        if (descriptor >= 0)
        {
            _ = Libbpf.ObjectInfo(descriptor, info, &length);
            _ = Libc.Close(descriptor);
        }

        var name = Encoding.UTF8.GetString(new ReadOnlySpan<byte>(info + NameOffset, NameBytes)).TrimEnd('\0');
        return name.Length > 0 ? name : $"program {id}";
    }
}

using System.Globalization;

namespace NetMon.Native;

/// <summary>The kernel memory used by a BPF map.</summary>
internal static class MapMemory
{
    private const string Key = "memlock:";

    /// <summary>Returns the size in bytes; 0 if the kernel does not report it. Source: kernel/bpf/syscall.c, bpf_map_show_fdinfo().</summary>
    public static long BytesOf(int descriptor)
    {
        var line = File.ReadLines($"/proc/self/fdinfo/{descriptor}").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(Key.Length), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
    }
}

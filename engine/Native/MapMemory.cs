using System.Globalization;

namespace NetMon.Native;

/// <summary>What a BPF map takes of the kernel's memory.</summary>
internal static class MapMemory
{
    private const string Key = "memlock:";

    /// <summary>Bytes; 0 where the kernel does not say. Source: kernel/bpf/syscall.c, bpf_map_show_fdinfo().</summary>
    public static long BytesOf(int descriptor)
    {
        var line = File.ReadLines($"/proc/self/fdinfo/{descriptor}").FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal));
        return line is not null && long.TryParse(line.AsSpan(Key.Length), CultureInfo.InvariantCulture, out var bytes) ? bytes : 0;
    }
}

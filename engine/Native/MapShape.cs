namespace NetMon.Native;

/// <summary>What a BPF map is: its type (enum bpf_map_type), the bytes of a key and of a value, and how many elements it can have.</summary>
public readonly record struct MapShape(uint Type, uint KeyBytes, uint ValueBytes, uint MaxEntries)
{
    /// <summary>An array with one element.</summary>
    public static MapShape OneValue(int bytes) => new(2, sizeof(uint), (uint)bytes, 1);
}

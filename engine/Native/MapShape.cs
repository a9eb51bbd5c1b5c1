namespace NetMon.Native;

/// <summary>The shape of a BPF map: its type (enum bpf_map_type), the sizes of key and value in bytes, and the maximum number of elements.</summary>
public readonly record struct MapShape(uint Type, uint KeyBytes, uint ValueBytes, uint MaxEntries)
{
    /// <summary>Returns the shape of an array with one element.</summary>
    public static MapShape OneValue(int bytes) => new(2, sizeof(uint), (uint)bytes, 1);
}

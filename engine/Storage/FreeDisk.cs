namespace NetMon.Storage;

/// <summary>The free space to keep on a file system: bytes, a share of its size, or the lesser of both.</summary>
/// <param name="Bytes">Bytes; null: no such limit.</param>
/// <param name="Percent">Percent of the file system's size; null: no such limit.</param>
public sealed record FreeDisk(long? Bytes, double? Percent)
{
    /// <summary>1 GiB, or 5 % where that is less.</summary>
    public static readonly FreeDisk Default = new(1L << 30, 5);

    /// <summary>
    /// 20 % in a pod: kubelet evicts pods when less than 15 % of the image file system or 10 % of its own is free, and may evict other pods
    /// because of this one's files.
    /// </summary>
    public static readonly FreeDisk DefaultInPod = new(null, 20);

    /// <summary>Returns the bytes to keep free on a file system of this size.</summary>
    public long Of(long size) => Math.Min(Bytes ?? long.MaxValue, Percent is { } percent ? (long)(size * percent / 100) : long.MaxValue);
}

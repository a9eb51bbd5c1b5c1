namespace NetMon.Storage;

/// <summary>How much of a file system is to stay free: bytes, a share of it, or the lesser of both.</summary>
/// <param name="Bytes">Bytes; null: no such bound.</param>
/// <param name="Percent">Of the file system's size; null: no such bound.</param>
public sealed record FreeDisk(long? Bytes, double? Percent)
{
    /// <summary>1 GiB, or 5 % where that is less.</summary>
    public static readonly FreeDisk Default = new(1L << 30, 5);

    /// <summary>
    /// In a pod 20 %: kubelet evicts pods when less than 15 % of the images' file system is free, or 10 % of its own, and may evict this
    /// one's neighbours for what this one keeps.
    /// </summary>
    public static readonly FreeDisk DefaultInPod = new(null, 20);

    /// <summary>The bytes that are to stay free on a file system of this size.</summary>
    public long Of(long size) => Math.Min(Bytes ?? long.MaxValue, Percent is { } percent ? (long)(size * percent / 100) : long.MaxValue);
}

namespace NetMon.Events;

/// <summary>A process name as the kernel keeps it: up to 15 bytes of anything but NUL.</summary>
public static class ProcessName
{
    /// <summary>The bytes before the first NUL.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> comm)
    {
        var end = comm.IndexOf((byte)0);
        return end < 0 ? comm : comm[..end];
    }
}

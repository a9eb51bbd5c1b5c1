namespace NetMon.Events;

/// <summary>A process name as stored by the kernel: up to 15 bytes, anything but NUL.</summary>
public static class ProcessName
{
    /// <summary>Returns the bytes before the first NUL.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> comm)
    {
        var end = comm.IndexOf((byte)0);
        return end < 0 ? comm : comm[..end];
    }
}

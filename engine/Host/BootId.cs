namespace NetMon.Host;

/// <summary>The kernel's boot id, which is unique for each boot (random(4)).</summary>
internal static class BootId
{
    /// <summary>Reads the id; empty if /proc does not provide it.</summary>
    public static string Read()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

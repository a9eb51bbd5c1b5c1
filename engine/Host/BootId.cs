namespace NetMon.Host;

/// <summary>Tells one boot of the machine from the next (random(4)).</summary>
internal static class BootId
{
    /// <summary>Empty where /proc does not show it.</summary>
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

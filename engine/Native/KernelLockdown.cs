using System.Text;

namespace NetMon.Native;

/// <summary>Whether the kernel is locked down, kernel_lockdown(7). Containers do not see securityfs, which says so: it is mounted at no path then.</summary>
internal static unsafe class KernelLockdown
{
    private const string Folder = "/sys/kernel/security";
    private const string Name = "lockdown";
    private const int MostBytes = 256;

    /// <summary>False where there is no lockdown, or where nothing says so to this process.</summary>
    public static bool IsConfidential
    {
        get
        {
            var seen = Read(Libc.Open(Folder, Libc.CloseOnExec, 0)) ?? Read(DetachedMount.Open("securityfs", out _));
            return seen?.Contains("[confidentiality]", StringComparison.Ordinal) ?? false;
        }
    }

    /// <summary>The file's text in this folder, whose descriptor is closed; null if it can't be read.</summary>
    private static string? Read(int folder)
    {
        if (folder < 0)
        {
            return null;
        }

        var file = Libc.OpenAt(folder, Name, Libc.CloseOnExec, 0);
        _ = Libc.Close(folder);
        if (file < 0)
        {
            return null;
        }

        var text = stackalloc byte[MostBytes];
        var length = (int)Libc.Read(file, text, MostBytes);
        _ = Libc.Close(file);
        return length < 0 ? null : Encoding.ASCII.GetString(text, length);
    }
}

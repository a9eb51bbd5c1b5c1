using System.Text;

namespace NetMon.Native;

/// <summary>Whether the kernel is locked down, kernel_lockdown(7). In containers securityfs, which contains the state, is not visible; then it is mounted without a path.</summary>
internal static unsafe class KernelLockdown
{
    private const string Folder = "/sys/kernel/security";
    private const string Name = "lockdown";
    private const int MostBytes = 256;

    /// <summary>Whether lockdown is in confidentiality mode; false if unknown.</summary>
    public static bool IsConfidential
    {
        get
        {
            var seen = Read(Libc.Open(Folder, Libc.CloseOnExec, 0)) ?? Read(DetachedMount.Open("securityfs", out _));
            return seen?.Contains("[confidentiality]", StringComparison.Ordinal) ?? false;
        }
    }

    /// <summary>Reads the file in this folder, and closes the folder's descriptor; null if it can't be read.</summary>
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

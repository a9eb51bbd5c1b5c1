using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>Creates hard links: link(2). Thread-safe.</summary>
public static class HardLink
{
    private const int NoEntry = 2;
    private const int Exists = 17;

    /// <summary>Creates a link, replacing a file of that name; false if the linked file does not exist.</summary>
    /// <exception cref="IOException">The file system does not support it, or the folder of the link is missing.</exception>
    public static bool TryCreate(string file, string name)
    {
        if (Libc.Link(file, name) == 0)
        {
            return true;
        }

        if (Marshal.GetLastPInvokeError() == Exists)
        {
            File.Delete(name);
            return TryCreate(file, name);
        }

        var error = Marshal.GetLastPInvokeError();
        return error == NoEntry && !File.Exists(file) ? false : throw new IOException($"{name}: {Marshal.GetPInvokeErrorMessage(error)}");
    }
}

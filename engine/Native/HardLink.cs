using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>A further name of a file: link(2). Any thread.</summary>
public static class HardLink
{
    private const int NoEntry = 2;
    private const int Exists = 17;

    /// <summary>Makes it, in place of what has the name; false where there is no such file.</summary>
    /// <exception cref="IOException">The file system can't, or the name's folder is missing.</exception>
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

using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>Replaces this process's program: execvp(3).</summary>
public static unsafe class ProgramImage
{
    /// <summary>
    /// Runs another program in this process, keeping the process id, environment and standard streams. Returns only on failure, with the system's
    /// message.
    /// </summary>
    /// <param name="file">A path, or a name to search on the PATH.</param>
    /// <param name="arguments">Without the program's name.</param>
    public static string Replace(string file, IReadOnlyList<string> arguments)
    {
        var texts = new nint[arguments.Count + 2];
        texts[0] = Marshal.StringToCoTaskMemUTF8(file);
        for (var index = 0; index < arguments.Count; index++)
        {
            texts[index + 1] = Marshal.StringToCoTaskMemUTF8(arguments[index]);
        }

        fixed (nint* list = texts)
        {
            _ = Libc.Execute(file, list);
        }

        var error = Marshal.GetLastPInvokeError();
        Array.ForEach(texts, Marshal.FreeCoTaskMem);
        return Marshal.GetPInvokeErrorMessage(error);
    }
}

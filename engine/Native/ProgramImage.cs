using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>Replaces the program that this process runs: execvp(3).</summary>
public static unsafe class ProgramImage
{
    /// <summary>
    /// Runs a program in place of this one, with this process's id, environment, inputs and outputs. Returns only where that
    /// fails, with the system's message.
    /// </summary>
    /// <param name="file">A path, or a name to look for on the PATH.</param>
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

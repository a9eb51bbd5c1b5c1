using System.Runtime.InteropServices;
using System.Text;

namespace NetMon.Native;

/// <summary>Keeps the last lines logged by libbpf, including the verifier's, for error messages.</summary>
internal static unsafe class LibbpfLog
{
    private const int KeptBytes = 3 * 1024; // fits in a log line
    private const int LongestMessage = 16 * 1024 * 1024; // the size of libbpf's largest verifier log
    private const int Warning = 0;
    private static readonly StringBuilder Lines = new();

    public static void Start() => Libbpf.SetPrint(&Print);

    /// <summary>Returns the last few lines that libbpf logged since the last call.</summary>
    public static string Take()
    {
        lock (Lines)
        {
            var text = string.Join('\n', Lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(12));
            Lines.Clear();
            return text;
        }
    }

    [UnmanagedCallersOnly]
    private static int Print(int level, byte* format, nint arguments)
    {
        if (level > Warning)
        {
            return 0;
        }

        // The verifier's log arrives as one message; only its end matters.
        var buffer = (byte*)NativeMemory.Alloc(LongestMessage);
        var length = Math.Clamp(Libc.Format(buffer, LongestMessage, format, arguments), 0, LongestMessage - 1);
        var start = Math.Max(0, length - KeptBytes);
        lock (Lines)
        {
            Lines.Append(Encoding.UTF8.GetString(buffer + start, length - start));
            if (Lines.Length > KeptBytes)
            {
                Lines.Remove(0, Lines.Length - KeptBytes);
            }
        }

        NativeMemory.Free(buffer);
        return 0;
    }
}

using System.Runtime.InteropServices;
using System.Text;

namespace NetMon.Native;

/// <summary>Keeps libbpf's last lines, the verifier's among them, for the message of whatever failed.</summary>
internal static unsafe class LibbpfLog
{
    private const int KeptBytes = 3 * 1024; // a log line holds them whole
    private const int LongestMessage = 16 * 1024 * 1024; // as long as libbpf's largest verifier log
    private const int Warning = 0;
    private static readonly StringBuilder Lines = new();

    public static void Start() => Libbpf.SetPrint(&Print);

    /// <summary>What libbpf said since the last call, at most the last few lines.</summary>
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

        // The verifier's log comes as one message; its end is what matters.
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

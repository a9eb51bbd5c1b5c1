using System.Runtime.InteropServices;
using System.Text;

namespace NetMon.Native;

/// <summary>Keeps libbpf's last lines, the verifier's among them, for the message of whatever failed.</summary>
internal static unsafe class LibbpfLog
{
    private const int KeptBytes = 16 * 1024;
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

        var buffer = stackalloc byte[2048];
        var length = Libc.Format(buffer, 2048, format, arguments);
        lock (Lines)
        {
            Lines.Append(Encoding.UTF8.GetString(buffer, Math.Clamp(length, 0, 2047)));
            if (Lines.Length > KeptBytes)
            {
                Lines.Remove(0, Lines.Length - KeptBytes / 2);
            }
        }

        return 0;
    }
}

using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>A system call or libbpf call failed. The message contains the operation, the reason, and libbpf's log.</summary>
public sealed class NativeException : Exception
{
    public NativeException(string what, int errno, string detail = "")
        : base($"{what}: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})")
    {
        Errno = errno;
        Detail = detail;
    }

    /// <summary>Positive errno.</summary>
    public int Errno { get; }

    /// <summary>The last lines logged by libbpf and the verifier, or empty.</summary>
    public string Detail { get; }

    internal static NativeException FromErrno(string what, string detail = "") => new(what, Marshal.GetLastPInvokeError(), detail);
}

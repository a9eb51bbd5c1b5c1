using System.Runtime.InteropServices;

namespace NetMon.Native;

/// <summary>A system or libbpf call failed. The message says what was tried, why it failed, and what libbpf had to say.</summary>
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

    /// <summary>libbpf's and the verifier's last lines, or empty.</summary>
    public string Detail { get; }

    internal static NativeException FromErrno(string what, string detail = "") => new(what, Marshal.GetLastPInvokeError(), detail);
}

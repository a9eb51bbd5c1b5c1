namespace NetMon.Native;

/// <summary>Ends this process without waiting for anything: _exit(2).</summary>
public static class ProcessEnd
{
    /// <summary>Ends the process with an exit code. Does not return.</summary>
    public static void Now(int code) => Libc.Exit(code);
}

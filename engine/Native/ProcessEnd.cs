namespace NetMon.Native;

/// <summary>The end of this process without waiting for anything: _exit(2).</summary>
public static class ProcessEnd
{
    /// <summary>Ends it with an exit code. Doesn't return.</summary>
    public static void Now(int code) => Libc.Exit(code);
}

namespace NetMon.Native;

/// <summary>Network namespaces (network_namespaces(7)).</summary>
public static class NetworkNamespace
{
    private const int NewNetwork = 0x40000000; // CLONE_NEWNET

    /// <summary>
    /// Moves the calling thread into the namespace at a path such as /proc/PID/ns/net. False if the process has ended or permission is denied
    /// (it needs CAP_SYS_ADMIN).
    /// </summary>
    public static bool TryEnter(string path)
    {
        var descriptor = Libc.Open(path, Libc.CloseOnExec, 0);
        var entered = descriptor >= 0 && Libc.EnterNamespace(descriptor, NewNetwork) == 0;
        _ = Libc.Close(descriptor);
        return entered;
    }
}

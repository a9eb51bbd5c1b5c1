namespace NetMon.Sources.Kernel;

/// <summary>Which hook tells of TCP's changes of state.</summary>
public enum Spine
{
    /// <summary>sock_ops where there is a cgroup v2 root, else the tracepoint.</summary>
    Auto,

    /// <summary>sock_ops at the cgroup v2 root: misses nothing.</summary>
    SockOps,

    /// <summary>tp_btf/inet_sock_set_state: may be skipped under load; what it missed is counted as lost.</summary>
    Tracepoint,
}

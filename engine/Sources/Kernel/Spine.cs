namespace NetMon.Sources.Kernel;

/// <summary>The hook that reports TCP state changes.</summary>
public enum Spine
{
    /// <summary>sock_ops if there is a cgroup v2 root, else the tracepoint.</summary>
    Auto,

    /// <summary>sock_ops at the cgroup v2 root: misses nothing.</summary>
    SockOps,

    /// <summary>tp_btf/inet_sock_set_state: may be skipped under load; skipped changes are counted as lost.</summary>
    Tracepoint,
}

namespace NetMon.Native;

/// <summary>Attach types of cgroup programs: <c>enum bpf_attach_type</c> of include/uapi/linux/bpf.h.</summary>
public enum CgroupHook
{
    /// <summary>TCP's callbacks.</summary>
    SockOps = 3,

    /// <summary>connect() to an IPv4 address.</summary>
    Connect4 = 10,

    /// <summary>connect() to an IPv6 address.</summary>
    Connect6 = 11,
}

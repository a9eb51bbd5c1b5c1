namespace NetMon.Sources.Kernel;

/// <summary>The hook that determines the caller of accept().</summary>
public enum AcceptOwner
{
    /// <summary>The first of the others that this kernel supports.</summary>
    Auto,

    /// <summary>fentry where accept() hands over the socket, fexit where connect() returns: exact, no cost to others.</summary>
    Fexit,

    /// <summary>A kprobe where accept() hands over the socket, kretprobes where connect() returns: exact, no cost to others.</summary>
    Kretprobe,

    /// <summary>
    /// The accepting process requests the peer's address or receives data: exact, and no cost to system calls. For kernels with neither fexit nor
    /// kprobes.
    /// </summary>
    Receive,

    /// <summary>The syscall exit tracepoints: exact except for io_uring; slows down every system call of the node.</summary>
    Syscall,

    /// <summary>No hook: the process that called listen() is the owner of accepted connections.</summary>
    Listener,
}

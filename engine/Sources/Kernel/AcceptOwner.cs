namespace NetMon.Sources.Kernel;

/// <summary>Which hook tells who called accept().</summary>
public enum AcceptOwner
{
    /// <summary>The first of the others that this kernel takes.</summary>
    Auto,

    /// <summary>fentry where accept() hands over the socket, fexit where connect() returns: exact, no cost to others.</summary>
    Fexit,

    /// <summary>A kprobe where accept() hands over the socket, kretprobes where connect() returns: exact, no cost to others.</summary>
    Kretprobe,

    /// <summary>
    /// The accepting process asks for the address or receives: exact, and no cost to system calls. For kernels with neither
    /// fexit nor kprobes.
    /// </summary>
    Receive,

    /// <summary>The syscall exit tracepoints: exact but for io_uring; makes every system call of the node slower.</summary>
    Syscall,

    /// <summary>No hook: the process that called listen() owns what is accepted.</summary>
    Listener,
}

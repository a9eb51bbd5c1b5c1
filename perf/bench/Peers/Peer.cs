namespace NetMon.Bench.Peers;

/// <summary>Another TCP tracer, and its expected output.</summary>
/// <param name="Name">Part of the figures' names.</param>
/// <param name="Package">The Debian package to install if it is missing.</param>
/// <param name="Command">The program and its arguments; it prints to stdout and exits on SIGINT.</param>
/// <param name="LinesPerConnection">For one connection with both ends on this machine.</param>
/// <param name="What">What one line represents.</param>
/// <param name="IsEvent">Whether a line that contains the load's address is one of these; null: every such line is.</param>
internal sealed record Peer(string Name, string Package, string[] Command, int LinesPerConnection, string What, Func<string, bool>? IsEvent = null)
{
    private const string EstablishedAndClosed =
        "tracepoint:sock:inet_sock_set_state /args->family == 2 && args->oldstate != 10 && (args->newstate == 1 || args->newstate == 7)/ "
        + "{ printf(\"%d %s %s %d %s %d %d\\n\", pid, comm, ntop(args->saddr), args->sport, ntop(args->daddr), args->dport, args->newstate) }";

    /// <summary>Ours first.</summary>
    public static IReadOnlyList<Peer> All { get; } =
    [
        new("netmon", "", [Tools.Agent, "run", "--json", "-"], 4, "CONNECT, ACCEPT and two CLOSE per connection"),
        new("netmon_listener", "", [Tools.Agent, "run", "--json", "-", "--accept-owner", "listener"], 4, "the same by --accept-owner listener"),
        new("tcplife-bpfcc", "bpfcc-tools", ["tcplife-bpfcc"], 2, "the close of each end, bcc"),
        new("tcpstates-bpfcc", "bpfcc-tools", ["tcpstates-bpfcc"], 10, "every change of state, bcc", IsOfConnection),
        new("tcplife", "libbpf-tools", ["tcplife"], 2, "the close of each end, bcc's libbpf tools"),
        new("tcpstates", "libbpf-tools", ["tcpstates"], 10, "every change of state, bcc's libbpf tools", IsOfConnection),
        new("bpftrace", "bpftrace", ["bpftrace", "-e", EstablishedAndClosed], 4, "established and closed, by bpftrace on sock:inet_sock_set_state"),
    ];

    /// <summary>Except lines of a listening socket that opens or closes.</summary>
    private static bool IsOfConnection(string line) => !line.Contains("LISTEN", StringComparison.Ordinal) || line.Contains("SYN_RECV", StringComparison.Ordinal);
}

using System.Text;
using NetMon.Events;

namespace NetMon.Query.Observe;

/// <summary>The names of the two ends of a connection, for display. Thread-safe.</summary>
internal static class EventNames
{
    /// <summary>Returns the name of the process's end: its pod, else its container, else the process.</summary>
    public static string Own(in ConnectionEvent e) => e.Container switch
    {
        { PodName.Length: > 0 } pod => Qualified(pod.PodNamespace, pod.PodName),
        { ContainerName.Length: > 0 } container => container.ContainerName,
        _ => Process(in e),
    };

    /// <summary>Returns the process's workload, else its pod or container, else the process; consistent with the macro workload_of in schemas/views.sql.</summary>
    public static string Workload(in ConnectionEvent e) => e.Container switch
    {
        { Workload.Length: > 0 } known => known.Workload,
        { IsNamed: true } => Own(in e),
        { IsContainer: true } => $"unnamed/{ProcessOf(in e)}",
        _ => $"node/{ProcessOf(in e)}",
    };

    /// <summary>Returns the name of the other end: the Service that was dialed, else its pod or node, else its address.</summary>
    public static string Other(in ConnectionEvent e) => OtherName(in e) ?? OtherAddress(in e);

    /// <summary>As <see cref="Other"/>; null if only the address is known.</summary>
    public static string? OtherName(in ConnectionEvent e) => e.Peer switch
    {
        { Service.Length: > 0 } peer when e.Record.Direction == Direction.Outbound => Qualified(peer.PodNamespace, peer.Service),
        { PodName.Length: > 0 } peer => Qualified(peer.PodNamespace, peer.PodName),
        { Node.Length: > 0 } peer => $"node {peer.Node}",
        _ => null,
    };

    /// <summary>Returns the workload of the other end; null if unknown.</summary>
    public static string? OtherWorkload(in ConnectionEvent e) => e.Peer switch
    {
        { Workload.Length: > 0 } peer => peer.Workload,
        _ => OtherName(in e),
    };

    /// <summary>Returns process and pid: curl[4711]; a question mark if the owner is unknown.</summary>
    public static string Process(in ConnectionEvent e) => e.Record.Owner.Pid == 0 ? "?" : $"{ProcessOf(in e)}[{e.Record.Owner.Pid}]";

    /// <summary>Formats address and port: 10.0.0.1:443, [2001:db8::1]:443.</summary>
    public static string Endpoint(ReadOnlySpan<byte> address, ushort port) =>
        AddressText.IsIPv4(address) ? $"{AddressText.Format(address)}:{port}" : $"[{AddressText.Format(address)}]:{port}";

    /// <summary>Returns the address of the other end.</summary>
    public static InlineBytes16 OtherEnd(in ConnectionEvent e) => e.Record.Direction == Direction.Outbound ? e.Record.DestinationAddress : e.Record.SourceAddress;

    private static string OtherAddress(in ConnectionEvent e)
    {
        var address = OtherEnd(in e);
        return AddressText.Format(address);
    }

    private static string ProcessOf(in ConnectionEvent e)
    {
        var comm = e.Record.Owner.Comm;
        var name = ProcessName.Trim(comm);
        return name.IsEmpty ? "?" : Encoding.UTF8.GetString(name);
    }

    private static string Qualified(string space, string name) => space.Length > 0 ? $"{space}/{name}" : name;
}

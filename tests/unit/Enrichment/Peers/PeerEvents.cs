using System.Net;
using NetMon.Enrichment.Peers;
using NetMon.Events;
using NetMon.UnitTests.Storage;

namespace NetMon.UnitTests.Enrichment.Peers;

/// <summary>Events without peer names, and the pods of a table.</summary>
internal static class PeerEvents
{
    public const long T = 1_700_000_000_000_000_000;
    public const string Web = "10.0.0.7";

    public static ConnectionEvent Outbound(string to, long at, ushort port = 80)
    {
        var e = Sample.Connect(at);
        (e.Record.DestinationAddress, e.Record.DestinationPort) = (Sample.Address(to), port);
        return e;
    }

    public static ConnectionEvent Inbound(string from, long at)
    {
        var e = Sample.Accept(at);
        e.Record.SourceAddress = Sample.Address(from);
        return e;
    }

    public static ConnectionEvent Lasting(RecordKind kind, long at, ulong duration, CloseReason reason)
    {
        var e = Outbound(Web, at);
        (e.Record.Kind, e.Record.DurationNanoseconds, e.Record.CloseReason) = (kind, duration, reason);
        return e;
    }

    public static IPAddress Address(string text) => IPAddress.Parse(text);

    public static void SetPod(this PeerTable table, string address, string sandbox, string pod, long from) =>
        table.Local.SetPod(Address(address), sandbox, new PodFacts(pod, "shop", "shop/web"), from);
}

using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Text;
using NetMon.Events;
using NetMon.Pipeline;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Order;
using NetMon.Sources;

namespace NetMon.Host.Doctor;

/// <summary>Makes accepted and refused connections on loopback, over IPv4 and IPv6, and checks the traced events.</summary>
internal static class Trial
{
    private const int PayloadBytes = 321;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30); // only reached if events are missing; a busy machine takes seconds

    /// <summary>One finding.</summary>
    public readonly record struct Finding(string What, bool Right, string Found);

    /// <summary>Runs the trial. Starts and stops the source, which the caller owns.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(IRecordSource source)
    {
        var pipe = new Pipe();
        var reader = new RingReader(source, pipe.Writer);
        var kept = new KeepingSink();
        var sinks = new SinkFanout([kept], source.IsLive);
        using var enrich = EnrichStage.WithoutNames();
        var loop = new EventLoop(new RecordDecoder(), new EventOrder(), enrich, sinks);
        source.Start();
        reader.Start();
        var looping = Task.Run(() => loop.RunAsync(pipe.Reader));
        var made = new List<Connection>();
        foreach (var address in (IPAddress[])[IPAddress.Loopback, IPAddress.IPv6Loopback])
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6 && !Socket.OSSupportsIPv6)
            {
                continue;
            }

            made.Add(Accepted(address));
            made.Add(Refused(address));
        }

        await kept.WaitForAsync(made.Sum(c => c.Expected.Length), Patience).ConfigureAwait(false);
        source.Stop();
        await Task.Run(reader.Finish).ConfigureAwait(false);
        await looping.ConfigureAwait(false);
        await sinks.Workers[0].FinishAsync().ConfigureAwait(false);
        return [.. made.SelectMany(connection => Compare(connection, kept.Events))];
    }

    private static Connection Accepted(IPAddress address)
    {
        using var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        client.Connect(listener.LocalEndPoint!);
        using var server = listener.Accept();
        var ports = (((IPEndPoint)client.LocalEndPoint!).Port, ((IPEndPoint)listener.LocalEndPoint!).Port);
        client.Send(new byte[PayloadBytes]);
        var left = PayloadBytes;
        while (left > 0)
        {
            left -= server.Receive(new byte[left]);
        }

        client.Shutdown(SocketShutdown.Send);
        _ = server.Receive(new byte[1]);
        return new Connection($"{address} accepted", address, ports, [
            (RecordKind.Connect, Direction.Outbound),
            (RecordKind.Accept, Direction.Inbound),
            (RecordKind.Close, Direction.Outbound),
            (RecordKind.Close, Direction.Inbound)]);
    }

    private static Connection Refused(IPAddress address)
    {
        using var silent = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(address, 0)); // bound but not listening
        using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        client.Bind(new IPEndPoint(address, 0));
        var ports = (((IPEndPoint)client.LocalEndPoint!).Port, ((IPEndPoint)silent.LocalEndPoint!).Port);
        try
        {
            client.Connect(silent.LocalEndPoint!);
        }
        catch (SocketException)
        {
            // Expected.
        }

        return new Connection($"{address} refused", address, ports, [(RecordKind.Connect, Direction.Outbound)]);
    }

    private static IEnumerable<Finding> Compare(Connection made, IReadOnlyList<ConnectionEvent> events)
    {
        var mine = events.Where(e => (e.Record.SourcePort, e.Record.DestinationPort) == made.Ports).ToList();
        foreach (var (kind, direction) in made.Expected)
        {
            var found = mine.Where(e => e.Record.Kind == kind && e.Record.Direction == direction).ToList();
            var what = $"{made.What}: {Vocabulary.Text(kind)} {Vocabulary.Text(direction)}";
            yield return found.Count == 1
                ? new Finding(what, IsRight(made, found[0]), Describe(found[0]))
                : new Finding(what, false, found.Count == 0 ? "missing" : $"reported {found.Count} times");
        }
    }

    private static bool IsRight(Connection made, in ConnectionEvent e)
    {
        var refused = made.Expected.Length == 1;
        return (e.Record.Owner.Pid == Environment.ProcessId || !Self.IsInInitialPidNamespace)
            && AddressText.Format(e.Record.DestinationAddress) == made.Address.ToString()
            && (e.Record.Kind != RecordKind.Connect || e.Facts.Result == (refused ? ConnectResult.Refused : ConnectResult.Established))
            && (e.Record.Kind != RecordKind.Close || e.Record.BytesSent + e.Record.BytesReceived == PayloadBytes);
    }

    private static string Describe(in ConnectionEvent e) =>
        $"pid {e.Record.Owner.Pid} {Encoding.UTF8.GetString(ProcessName.Trim(e.Record.Owner.Comm))}"
        + (e.Record.Kind == RecordKind.Connect ? $", {Vocabulary.Text(e.Facts.Result)}" : "")
        + (e.Record.Kind == RecordKind.Close ? $", {e.Record.BytesSent} bytes sent, {e.Record.BytesReceived} received" : "");

    private sealed record Connection(
        string What, IPAddress Address, (int From, int To) Ports, (RecordKind Kind, Direction Direction)[] Expected);

    /// <summary>Collects the events of processes of this name. A pid would not do, because it differs inside a container.</summary>
    private sealed class KeepingSink : IEventSink
    {
        private readonly List<ConnectionEvent> _events = [];

        public SinkCounters Counters { get; } = new("doctor");

        public IReadOnlyList<ConnectionEvent> Events
        {
            get
            {
                lock (_events)
                {
                    return [.. _events];
                }
            }
        }

        public void Write(ReadOnlySpan<ConnectionEvent> events)
        {
            Counters.AddDelivered(events.Length);
            lock (_events)
            {
                foreach (ref readonly var e in events)
                {
                    if (ProcessName.Trim(e.Record.Owner.Comm).SequenceEqual(Self.Comm))
                    {
                        _events.Add(e);
                    }
                }
            }
        }

        public void Advance(long watermarkUnixNanoseconds)
        {
        }

        public void Close()
        {
        }

        /// <summary>Waits until there are enough events or the time is over.</summary>
        public async Task WaitForAsync(int events, TimeSpan atMost)
        {
            var until = Environment.TickCount64 + (long)atMost.TotalMilliseconds;
            while (Events.Count < events && Environment.TickCount64 < until)
            {
                await Task.Delay(10).ConfigureAwait(false);
            }
        }
    }
}

using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using NetMon.Cluster;
using NetMon.Enrichment.Peers;
using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Host;
using NetMon.Kubernetes.Watching;
using NetMon.Tests.Kubernetes;
using Xunit;

namespace NetMon.UnitTests.Kubernetes;

/// <summary>
/// A test's API server, the watch of it, and the table that receives its lines: everything except the process between them.
/// </summary>
internal sealed class WatchedCluster : IAsyncDisposable
{
    private static readonly long Later = DateTimeOffset.UtcNow.AddYears(1).ToUnixTimeMilliseconds() * 1_000_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("netmon-test-").FullName;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<string> _log = new();
    private Task _running = Task.CompletedTask;

    public WatchedCluster()
    {
        File.WriteAllText(TokenFile, "first-token\n");
        File.WriteAllText(AuthorityFile, Authority.Pem);
        Server = new TestApiServer(Cluster, Authority.Sign(IPAddress.Loopback));
    }

    public TestCluster Cluster { get; } = new();

    public TestAuthority Authority { get; } = new();

    public TestApiServer Server { get; set; }

    public PeerTable Table { get; } = new("here");

    public ClusterStatus Status { get; } = new();

    public string TokenFile => Path.Combine(_folder, "token");

    public string AuthorityFile => Path.Combine(_folder, "ca.crt");

    public string[] Log => [.. _log];

    /// <summary>Short timeouts; a test overrides those that matter to it.</summary>
    public WatchPace Pace { get; set; } = new() { FirstPause = TimeSpan.FromMilliseconds(5), LongestPause = TimeSpan.FromMilliseconds(50), Report = TimeSpan.FromMilliseconds(50) };

    /// <summary>Starts server and watch.</summary>
    public async Task StartAsync()
    {
        await Server.StartAsync();
        Watch();
    }

    /// <summary>Starts the watch alone.</summary>
    public void Watch()
    {
        var pipe = new Pipe();
        var address = new ApiAddress(new Uri(Server.Address), TokenFile, AuthorityFile);
        var log = new Logger(entry => _log.Enqueue($"{entry.Level}: {entry.Message}"), "kubernetes");
        _running = Task.WhenAll(
            Task.Run(() => ClusterWatch.RunAsync(address, Pace, "1.2.3", pipe.Writer.AsStream(), log, _stop.Token)),
            Task.Run(() => new FactReader(new ClusterFeed(Table.Cluster).Take, Status).ReadAsync(pipe.Reader.AsStream(), _stop.Token)));
    }

    /// <summary>The peer of a connection made now.</summary>
    public PeerIdentity? Find(string address, int port = 0, string? dialed = null, int dialedPort = 0)
    {
        var e = new ConnectionEvent { UnixNanoseconds = Later };
        e.Record.Kind = RecordKind.Connect;
        e.Record.Direction = port == 0 ? Direction.Inbound : Direction.Outbound;
        Set(ref port == 0 ? ref e.Record.SourceAddress : ref e.Record.DestinationAddress, address);
        e.Record.DestinationPort = (ushort)port;
        if (dialed is not null)
        {
            e.Record.Flags |= RecordFlags.Dialed;
            Set(ref e.Record.DialedAddress, dialed);
            e.Record.DialedPort = (ushort)dialedPort;
        }

        return Table.Of(in e);
    }

    /// <summary>Waits for a condition.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using var bound = new CancellationTokenSource(Patience.Limit);
        while (true)
        {
            if (condition())
            {
                return;
            }

            Assert.False(_running.IsFaulted, $"the watch has ended: {_running.Exception}");
            Assert.False(bound.IsCancellationRequested, $"waited in vain for {what}; log: {string.Join(" | ", Log)}; requests: {string.Join(" ", Server.Requests.TakeLast(10))}");
            await Task.Delay(5, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Waits until an address belongs to a pod; empty: to none.</summary>
    public Task UntilPodAsync(string address, string pod) => UntilAsync(() => (Find(address)?.PodName ?? "") == pod, $"{address} to be {pod}'s");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await _running;
        }
        catch (OperationCanceledException)
        {
            // Expected at the end.
        }

        await Server.DisposeAsync();
        Authority.Dispose();
        _stop.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static void Set(ref InlineBytes16 field, string address) => IPAddress.Parse(address).MapToIPv6().TryWriteBytes(field, out _);
}

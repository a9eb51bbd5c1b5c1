using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using NetMon.Cluster;
using NetMon.Cluster.Changes;
using NetMon.LiveTests.Support;
using NetMon.Tests.Kubernetes;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// The real netmon-kubernetes against a test API server over HTTPS: a large cluster that changes all the time, and how the program ends.
/// </summary>
[Trait("suite", "offline")]
public sealed class KubernetesWatchTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Services = 5000;
    private const int PodsOfService = 4;
    private const int Nodes = 200;
    private const int Changes = 10_000;

    /// <summary>Limit of resident memory, MiB, without the libraries' code; docs/performance.md has measurements.</summary>
    private const double MostResident = 32;

    private const double MostGrowth = 8;

    private readonly Scratch _scratch = new();
    private readonly TestAuthority _authority = new();
    private readonly TestCluster _cluster = new();
    private TestApiServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = new TestApiServer(_cluster, _authority.Sign(IPAddress.Loopback)) { Token = "the-token" };
        await _server.StartAsync();
        await File.WriteAllTextAsync(_scratch["token"], "the-token");
        await File.WriteAllTextAsync(_scratch["ca.crt"], _authority.Pem);
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _authority.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Five_thousand_Services_and_a_thousand_changes_per_second_take_little_memory_and_six_requests()
    {
        double empty;
        using (var idle = Start())
        {
            await using var following = new Following(idle);
            await following.UntilAsync(() => following.Status.Kinds.All(kind => kind.Phase == WatchPhase.Watching), "the watches");
            empty = Mebibytes(idle, "RssAnon");
        }

        for (var node = 0; node < Nodes; node++)
        {
            _cluster.Put(TestObject.Node($"node-{node}", $"172.16.0.{node}", $"10.{node}.0.0/24"));
        }

        for (var service = 0; service < Services; service++)
        {
            _cluster.Put(TestObject.Service($"team-{service % 100}", $"orders-{service}", $"10.96.{service >> 8}.{service & 255}"));
            _cluster.Put(Slice(service, 0));
        }

        var (requests, bytes) = (_server.Requests.Length, _server.Bytes);
        using var child = Start();
        await using var follow = new Following(child);
        await follow.UntilAsync(() => follow.Slices.Count == Services && follow.Services == Services && follow.Nodes == Nodes && follow.Status.Kinds.All(kind => kind.Phase == WatchPhase.Watching), "all endpoints");
        output.WriteLine($"all listed: resident {Mebibytes(child, "VmRSS"):0.0} MiB, at most {Mebibytes(child, "VmHWM"):0.0}, anonymous {Mebibytes(child, "RssAnon"):0.0}; with an empty cluster {empty:0.0}; {_server.Requests.Length - requests} requests, {(_server.Bytes - bytes) / 1e6:0.0} MB");

        // As many as possible in ten seconds; the machine sets the pace.
        var since = Stopwatch.StartNew();
        for (var change = 1; change <= Changes; change++)
        {
            _cluster.Put(Slice(change % Services, change));
            if (change % 100 == 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, change - since.ElapsedMilliseconds)), TestContext.Current.CancellationToken);
            }
        }

        await follow.UntilAsync(() => Enumerable.Range(0, Services).All(service => follow.Slices[$"orders-{service}-x7k2p"].Endpoints[0].Pod == $"orders-{service}-{(service == 0 ? Changes : Changes - Services + service)}-0"), "every last change");
        output.WriteLine($"{Changes} changes in {since.Elapsed.TotalSeconds:0.0} s: resident {Mebibytes(child, "VmRSS"):0.0} MiB, at most {Mebibytes(child, "VmHWM"):0.0}, anonymous {Mebibytes(child, "RssAnon"):0.0}; {_server.Requests.Length - requests} requests, {(_server.Bytes - bytes) / 1e6:0.0} MB; CPU {child.TotalProcessorTime.TotalSeconds:0.00} s");
        Assert.InRange(Mebibytes(child, "VmHWM"), 0, MostResident);
        Assert.InRange(Mebibytes(child, "RssAnon") - empty, -MostGrowth, MostGrowth);
        Assert.Equal(6 + ((Services - 1) / 500 * 2), _server.Requests.Length - requests); // pages
        Assert.Equal((0L, 0L), (follow.Status.Malformed, follow.Status.LeftOut));
    }

    [Fact]
    public async Task It_has_no_capabilities_and_ends_with_its_stdin()
    {
        using var child = Start();
        await using (var follow = new Following(child))
        {
            await follow.UntilAsync(() => follow.Status.Kinds.All(kind => kind.Phase == WatchPhase.Watching), "the watches");
            Assert.All(Directory.GetDirectories($"/proc/{child.Id}/task"), task => Assert.Contains("CapPrm:\t0000000000000000\n", File.ReadAllText(Path.Combine(task, "status")), StringComparison.Ordinal));
            child.StandardInput.Close();
            Assert.True(child.WaitForExit(Patience.Limit));
        }

        Assert.Equal(0, child.ExitCode);
    }

    [Theory]
    [InlineData("--api=http://127.0.0.1:1", "--api http://127.0.0.1:1: expected in-cluster or https://HOST:PORT")]
    [InlineData("--api=in-cluster", "KUBERNETES_SERVICE_HOST")]
    [InlineData("--nope", "--nope")]
    public void A_wrong_option_exits_with_2(string option, string why)
    {
        var result = Shell.Run(Repository.Kubernetes, option);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }

    private static TestObject Slice(int service, int change) => TestObject.Slice(
        $"team-{service % 100}", $"orders-{service}-x7k2p", $"orders-{service}",
        [.. Enumerable.Range(0, PodsOfService).Select(at => ($"10.{100 + at}.{service >> 8}.{service & 255}", $"orders-{service}-{change}-{at}", $"node-{service % Nodes}"))]);

    private static double Mebibytes(Process process, string name) =>
        long.Parse(File.ReadLines($"/proc/{process.Id}/status").First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024.0;

    private Process Start() => Process.Start(new ProcessStartInfo(
        Repository.Kubernetes, ["--api", _server.Address, "--token-file", _scratch["token"], "--ca-file", _scratch["ca.crt"], "--child"])
    { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    /// <summary>Reads the program's output as the agent does.</summary>
    private sealed class Following : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly ConcurrentDictionary<string, SliceSeen> _slices = new();
        private readonly Process _child;
        private readonly Task _reading;
        private int _services;
        private int _nodes;

        public Following(Process child)
        {
            _child = child;
            _reading = Task.Run(() => new FactReader(Take, Status).ReadAsync(child.StandardOutput.BaseStream, _stop.Token));
        }

        public ClusterStatus Status { get; } = new();

        public IReadOnlyDictionary<string, SliceSeen> Slices => _slices;

        public int Services => Volatile.Read(ref _services);

        public int Nodes => Volatile.Read(ref _nodes);

        public async Task UntilAsync(Func<bool> condition, string what)
        {
            using var bound = new CancellationTokenSource(Patience.Limit);
            while (!condition())
            {
                Assert.False(bound.IsCancellationRequested, $"waited in vain for {what}");
                Assert.False(_reading.IsFaulted, $"{_reading.Exception}");
                await Task.Delay(20, TestContext.Current.CancellationToken);
            }
        }

        private void Take(ClusterChange change)
        {
            if (change is SliceSeen slice)
            {
                _slices[slice.Name] = slice;
            }

            Interlocked.Add(ref _services, change is ServiceSeen ? 1 : 0);
            Interlocked.Add(ref _nodes, change is NodeSeen ? 1 : 0);
        }

        public async ValueTask DisposeAsync()
        {
            if (!_child.HasExited)
            {
                _child.StandardInput.Close();
                await _child.WaitForExitAsync();
            }

            await _stop.CancelAsync();
            try
            {
                await _reading;
            }
            catch (OperationCanceledException)
            {
                // Nobody waits for the rest.
            }

            _stop.Dispose();
        }
    }
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using NetMon.Enrichment.Pods;
using NetMon.Enrichment.Runtimes;
using NetMon.Foundation.Logging;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>The runtimes of a node as a test sees them: reports, log lines and opened connections.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly RuntimeReports _reports = new();
    private readonly SemaphoreSlim _posted = new(0);
    private readonly Channel<ScriptedRuntime> _opened = Channel.CreateUnbounded<ScriptedRuntime>();

    public Node(IReadOnlyList<RuntimeEndpoint> endpoints, RuntimeOptions options)
    {
        _reports.OnPosted(() => _posted.Release());
        Runtimes = new ContainerRuntimes(endpoints, options, _reports, Logger());
    }

    /// <summary>Scripted runtimes behind sockets that exist.</summary>
    public Node(RuntimeFolder folder, TimeProvider time, bool canFollow = false, int sockets = 1)
    {
        _reports.OnPosted(() => _posted.Release());
        List<RuntimeEndpoint> endpoints = [];
        for (var n = 0; n < sockets; n++)
        {
            File.WriteAllText(folder[$"s{n}"], "");
            endpoints.Add(new RuntimeEndpoint(folder[$"s{n}"], RuntimeKind.Cri));
        }

        var options = new RuntimeOptions
        {
            Time = time,
            Open = (_, _) =>
            {
                var runtime = new ScriptedRuntime(canFollow);
                _opened.Writer.TryWrite(runtime);
                return runtime;
            },
        };
        Runtimes = new ContainerRuntimes(endpoints, options, _reports, Logger());
    }

    public ContainerRuntimes Runtimes { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    public RuntimeStatus Status => Runtimes.Status[0];

    public bool HasReport => _posted.CurrentCount > 0;

    /// <summary>The next report of containers. Skips reports of sandboxes alone.</summary>
    public async Task<RuntimeReport> NextReport()
    {
        while (true)
        {
            var report = await NextOfAny();
            if (report.Pods.IsEmpty || report.Weight > 1 + report.Pods.Pods.Count || report.Answered.Count > 0)
            {
                return report;
            }
        }
    }

    /// <summary>The next report of sandboxes.</summary>
    public async Task<PodNews> NextPods()
    {
        while (true)
        {
            if (await NextOfAny() is { Pods: { IsEmpty: false } pods })
            {
                return pods;
            }
        }
    }

    private async Task<RuntimeReport> NextOfAny()
    {
        await _posted.WaitAsync(Bound.Token);
        Assert.True(_reports.TryTake(out var report), "what was posted is not there to be taken");
        return report;
    }

    public Task<ScriptedRuntime> NextOpened() => _opened.Reader.ReadAsync(Bound.Token).AsTask();

    private Logger Logger() => new(entry => Log.Enqueue(entry.Message), "containers");

    public async ValueTask DisposeAsync()
    {
        await Runtimes.DisposeAsync();
        _posted.Dispose();
    }
}

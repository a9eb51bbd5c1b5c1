using System.Collections.Concurrent;
using System.Threading.Channels;
using NetMon.Enrichment.Runtimes;
using NetMon.Foundation.Logging;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>A node's runtimes as a test sees them: what they report and log, and what was opened.</summary>
internal sealed class Node : IAsyncDisposable
{
    private readonly Channel<RuntimeReport> _reports = Channel.CreateUnbounded<RuntimeReport>();
    private readonly Channel<ScriptedRuntime> _opened = Channel.CreateUnbounded<ScriptedRuntime>();

    public Node(IReadOnlyList<RuntimeEndpoint> endpoints, RuntimeOptions options) =>
        Runtimes = new ContainerRuntimes(endpoints, options, report => _reports.Writer.TryWrite(report), Logger());

    /// <summary>Scripted runtimes behind sockets that exist.</summary>
    public Node(RuntimeFolder folder, TimeProvider time, bool canFollow = false, int sockets = 1)
    {
        List<RuntimeEndpoint> endpoints = [];
        for (var n = 0; n < sockets; n++)
        {
            File.WriteAllText(folder[$"s{n}"], "");
            endpoints.Add(new RuntimeEndpoint(folder[$"s{n}"], RuntimeKind.Cri));
        }

        var options = new RuntimeOptions
        {
            Time = time,
            Open = _ =>
            {
                var runtime = new ScriptedRuntime(canFollow);
                _opened.Writer.TryWrite(runtime);
                return runtime;
            },
        };
        Runtimes = new ContainerRuntimes(endpoints, options, report => _reports.Writer.TryWrite(report), Logger());
    }

    public ContainerRuntimes Runtimes { get; }

    public ConcurrentQueue<string> Log { get; } = new();

    public RuntimeStatus Status => Runtimes.Status[0];

    public bool HasReport => _reports.Reader.Count > 0;

    public Task<RuntimeReport> NextReport() => _reports.Reader.ReadAsync(Bound.Token).AsTask();

    public Task<ScriptedRuntime> NextOpened() => _opened.Reader.ReadAsync(Bound.Token).AsTask();

    private Logger Logger() => new(entry => Log.Enqueue(entry.Message), "containers");

    public ValueTask DisposeAsync() => Runtimes.DisposeAsync();
}

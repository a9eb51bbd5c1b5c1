using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>Real runtime interfaces over real sockets that appear and disappear.</summary>
public sealed class ContainerRuntimesTests : IDisposable
{
    private static readonly RuntimeOptions Quick = new()
    {
        LookInterval = TimeSpan.FromMilliseconds(20),
        FirstBackOff = TimeSpan.FromMilliseconds(10),
        LongestBackOff = TimeSpan.FromMilliseconds(50),
        AnsweringBound = Patience.Limit,
    };

    private readonly RuntimeFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_socket_that_appears_disappears_and_returns_is_logged_once_each()
    {
        var path = _folder["cri.sock"];
        var script = new CriScript { Containers = { new Container { Id = "c1", Metadata = new ContainerMetadata { Name = "app" } } } };
        await using var node = new Node([new RuntimeEndpoint(path, RuntimeKind.Cri)], Quick);
        node.Runtimes.Start();
        Assert.Equal((0u, 0u), (node.Runtimes.Present, node.Runtimes.Answering));
        Assert.Equal([$"runtime cri://{path}: no such socket, or no permission to see it; checking again every 0.02 s"], node.Log);

        for (var round = 0; round < 3; round++)
        {
            await using (await CriServer.StartAsync(path, script))
            {
                var report = await node.NextReport();
                Assert.Equal([new ContainerIdentity("c1", ContainerName: "app")], report.Found);
                await Bound.Until(() => node.Runtimes.Answering == 1);
                node.Runtimes.Ask("c1");
                Assert.Equal(["c1"], (await node.NextReport()).Answered);
            }

            // The loss is noticed without a request, because the events are followed.
            await Bound.Until(() => node.Runtimes.Present == 0);
        }

        Assert.Equal(2, node.Status.Reconnects);
        Assert.Equal(["no such", "containerd", "lost:", "back:", "lost:", "back:", "lost:"], node.Log.Select(line => string.Join(' ', line.Split(' ').Skip(2).Take(line.Contains("no such", StringComparison.Ordinal) ? 2 : 1))));
    }

    [Fact]
    public async Task A_missing_default_path_is_not_logged()
    {
        await using var node = new Node([new RuntimeEndpoint(_folder["x"], RuntimeKind.Docker, IsUsualPlace: true)], Quick);
        node.Runtimes.Start();
        await using var server = new SocketServer(_folder["x"], DockerServer.Of(_ => "[]"));
        await node.NextReport();
        await Bound.Until(() => !node.Log.IsEmpty);

        Assert.Contains("docker 20.10.24, 0 containers", Assert.Single(node.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_slow_runtime_is_not_lost()
    {
        var gate = new TaskCompletionSource();
        var prompt = DockerServer.Of(_ => """[{"Id":"c1","Names":["/one"]}]""");
        await using var server = new SocketServer(_folder["d"], async (stream, stop) =>
        {
            await gate.Task.WaitAsync(stop);
            await prompt(stream, stop);
        });
        await using var node = new Node([new RuntimeEndpoint(_folder["d"], RuntimeKind.Docker)], Quick with { AnsweringBound = TimeSpan.FromMilliseconds(1) });
        node.Runtimes.Start();
        await Bound.Until(() => server.Accepted > 0 && node.Runtimes.Answering == 0);
        Assert.False(node.HasReport);
        gate.SetResult();

        Assert.Equal("one", Assert.Single((await node.NextReport()).Found).ContainerName);
        Assert.Equal(0, node.Status.Failures);
    }

    [Fact]
    public async Task A_runtime_that_never_answers_costs_one_call_at_a_time()
    {
        await using var server = new SocketServer(_folder["d"], SocketServer.Hang);
        await using var node = new Node([new RuntimeEndpoint(_folder["d"], RuntimeKind.Docker)], Quick with { CallDeadline = TimeSpan.FromMilliseconds(50) });
        node.Runtimes.Start();
        await Bound.Until(() => node.Status.Failures >= 3 && server.Accepted >= 3); // on a busy machine the deadline may expire first

        Assert.InRange(server.Accepted, 3, (int)node.Status.Failures + 2);
        Assert.Contains("no answer within 0.05 s", Assert.Single(node.Log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_socket_with_two_paths_is_used_once()
    {
        Directory.CreateDirectory(_folder["run"]);
        Directory.CreateSymbolicLink(_folder["var"], "run");
        File.CreateSymbolicLink(_folder["link.sock"], _folder["var/d.sock"]);
        await using var server = new SocketServer(_folder["run/d.sock"], DockerServer.Of(_ => "[]"));
        RuntimeEndpoint[] endpoints = [.. ((string[])["run/d.sock", "var/d.sock", "link.sock"]).Select(name => new RuntimeEndpoint(_folder[name], RuntimeKind.Docker))];
        await using var node = new Node(endpoints, Quick);
        node.Runtimes.Start();

        Assert.Equal(1u, node.Runtimes.Present);
        await node.NextReport();
        Assert.Equal(2, node.Log.Count(line => line.Contains("the same socket by another path", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Doctor_gets_version_and_number_of_containers()
    {
        await using var server = new SocketServer(_folder["d"], DockerServer.Of(_ => """[{"Id":"c1"},{"Id":"c2"}]"""));

        var status = await ContainerRuntimes.ExamineAsync(new RuntimeEndpoint(_folder["d"], RuntimeKind.Docker), Patience.Limit, stop: Bound.Token);

        Assert.Equal((RuntimeState.Connected, "docker 20.10.24", 2, ""), (status.State, status.Version, status.ContainersReported, status.LastFailure));
    }
}

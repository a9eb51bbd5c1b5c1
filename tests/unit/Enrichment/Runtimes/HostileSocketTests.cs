using NetMon.Enrichment.Runtimes;
using NetMon.Enrichment.Runtimes.Cri;
using NetMon.Enrichment.Runtimes.Docker;
using NetMon.Enrichment.Workloads;
using Xunit;

namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>Any server behind a socket gives a clear failure or none, and no wait beyond the timeout.</summary>
public sealed class HostileSocketTests : IDisposable
{
    private readonly RuntimeFolder _folder = new();

    private string Socket => _folder["s"];

    public static TheoryData<RuntimeKind> Kinds => [RuntimeKind.Cri, RuntimeKind.Docker];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Garbage_is_a_failure(RuntimeKind kind)
    {
        await using var server = new SocketServer(Socket, SocketServer.Garble);
        await Fails(kind);
        Assert.NotEqual(0, server.Accepted);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Closing_at_once_is_a_failure(RuntimeKind kind)
    {
        await using var server = new SocketServer(Socket, SocketServer.Close);
        await Fails(kind);
        Assert.NotEqual(0, server.Accepted);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_socket_without_a_listener_is_a_failure(RuntimeKind kind)
    {
        await File.WriteAllTextAsync(Socket, "", Bound.Token);
        Assert.Equal("Connection refused", (await Fails(kind)).Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_call_without_an_answer_ends_at_the_stop(RuntimeKind kind)
    {
        await using var server = new SocketServer(Socket, SocketServer.Hang);
        using var runtime = Open(kind);
        using var stop = new CancellationTokenSource();

        var asking = runtime.ReadVersionAsync(stop.Token);
        await Bound.Until(() => server.Accepted > 0);
        Assert.False(asking.IsCompleted);
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.Soon());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Doctor_gets_the_reason(RuntimeKind kind)
    {
        var endpoint = new RuntimeEndpoint(Socket, kind);
        Assert.Contains("no such socket", (await ContainerRuntimes.ExamineAsync(endpoint, TimeSpan.FromSeconds(5), stop: Bound.Token)).LastFailure, StringComparison.Ordinal);

        await using var server = new SocketServer(Socket, SocketServer.Hang);
        var status = await ContainerRuntimes.ExamineAsync(endpoint, TimeSpan.FromMilliseconds(100), stop: Bound.Token).Soon();

        Assert.Equal("no answer within 0.1 s", status.LastFailure);
        Assert.Equal((RuntimeState.BackOff, 1), (status.State, status.Failures));
    }

    private async Task<RuntimeException> Fails(RuntimeKind kind)
    {
        using var runtime = Open(kind);
        var failure = await Assert.ThrowsAsync<RuntimeException>(() => runtime.ReadVersionAsync(Bound.Token).Soon());
        Assert.NotEmpty(failure.Message);
        return failure;
    }

    private IContainerRuntime Open(RuntimeKind kind) => kind == RuntimeKind.Cri ? new CriRuntime(Socket, new PodNaming("n1")) : new DockerRuntime(Socket, new PodNaming("n1"));
}

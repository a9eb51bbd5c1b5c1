using NetMon.Cluster;
using NetMon.Tests.Kubernetes;
using Xunit;

namespace NetMon.UnitTests.Kubernetes;

/// <summary>A watch of an API server over HTTPS with two nodes, a Service and its endpoints. The test starts it.</summary>
public abstract class WatchedClusterTests : IAsyncLifetime
{
    private protected WatchedCluster Watched { get; } = new();

    private protected TestCluster Cluster => Watched.Cluster;

    private protected TestApiServer Server => Watched.Server;

    public ValueTask InitializeAsync()
    {
        Cluster.Put(TestObject.Node("n1", "192.168.0.1", "10.1.0.0/24"));
        Cluster.Put(TestObject.Node("n2", "192.168.0.2", "10.2.0.0/24"));
        Cluster.Put(TestObject.Service("shop", "web", "10.96.0.10"));
        Cluster.Put(TestObject.Slice("shop", "web-abcde", "web", ("10.1.0.5", "web-1", "n1"), ("10.2.0.5", "web-2", "n2"), ("192.168.0.2", "web-host", "n2")));
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await Watched.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private protected Task AllWatchedAsync() => Watched.UntilAsync(() => Watched.Status.Kinds.All(kind => kind.Phase == WatchPhase.Watching), "all watches");
}

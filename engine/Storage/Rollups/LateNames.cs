using System.Text;
using NetMon.Events;

namespace NetMon.Storage.Rollups;

/// <summary>Looks up container names that were unknown when their events were stored. Rows are grouped by container, so each is looked up once. Not thread-safe.</summary>
/// <param name="namesOf">Returns a container with its names if they are known by now, else null.</param>
internal sealed class LateNames(Func<ContainerIdentity, ContainerIdentity?> namesOf)
{
    private byte[]? _container;
    private byte[] _podName = [];
    private byte[] _podNamespace = [];
    private byte[] _containerName = [];
    private byte[] _workload = [];
    private byte[] _workloadKind = [];

    /// <summary>Returns a container's names, all empty if unknown; valid until the next call.</summary>
    public RollupNames Of(ReadOnlySpan<byte> container)
    {
        if (_container is null || !container.SequenceEqual(_container))
        {
            _container = container.ToArray();
            var named = namesOf(new ContainerIdentity(Encoding.UTF8.GetString(container)));
            _podName = Encoding.UTF8.GetBytes(named?.PodName ?? "");
            _podNamespace = Encoding.UTF8.GetBytes(named?.PodNamespace ?? "");
            _containerName = Encoding.UTF8.GetBytes(named?.ContainerName ?? "");
            _workload = Encoding.UTF8.GetBytes(named?.Workload ?? "");
            _workloadKind = Encoding.UTF8.GetBytes(named?.WorkloadKind ?? "");
        }

        return new RollupNames { PodName = _podName, PodNamespace = _podNamespace, ContainerName = _containerName, Workload = _workload, WorkloadKind = _workloadKind };
    }
}

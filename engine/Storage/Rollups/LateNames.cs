using System.Text;
using NetMon.Events;

namespace NetMon.Storage.Rollups;

/// <summary>The names of containers that were not known when their events were kept. Rows come container by container, so that each is asked for once. One thread.</summary>
/// <param name="namesOf">Who may know them by now.</param>
internal sealed class LateNames(Func<ContainerIdentity, ContainerIdentity?> namesOf)
{
    private byte[]? _container;
    private byte[] _podName = [];
    private byte[] _podNamespace = [];
    private byte[] _containerName = [];
    private byte[] _workload = [];
    private byte[] _workloadKind = [];

    /// <summary>A container's names, all empty if nobody knows them; valid until the next call.</summary>
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

using System.Runtime.CompilerServices;
using NetMon.Events;

namespace NetMon.Pipeline.Json;

/// <summary>
/// The container's part of a line, rendered once for each identity: they are shared by their events, so by reference.
/// Bounded; one thread.
/// </summary>
internal sealed class ContainerJson
{
    private const int MostKept = 4096; // ten times the containers of a node
    private readonly Dictionary<ContainerIdentity, byte[]> _rendered = new(ByReference.Instance);
    private ContainerIdentity? _last;
    private byte[] _lastRendered = [];

    /// <summary><c>,"container":{…}</c></summary>
    public ReadOnlySpan<byte> Of(ContainerIdentity container)
    {
        if (!ReferenceEquals(container, _last))
        {
            if (!_rendered.TryGetValue(container, out var rendered))
            {
                if (_rendered.Count == MostKept)
                {
                    _rendered.Clear();
                }

                rendered = Render(container);
                _rendered.Add(container, rendered);
            }

            (_last, _lastRendered) = (container, rendered);
        }

        return _lastRendered;
    }

    private static byte[] Render(ContainerIdentity container)
    {
        var line = new Utf8Cursor(stackalloc byte[JsonLine.MaxBytes]);
        var id = container.ContainerId.AsSpan();
        line.Append(",\"container\":{\"container_id\":\""u8);
        JsonName.Write(ref line, id[..Math.Min(id.Length, ContainerIdentity.ShortIdLength)]);
        line.Append("\",\"pod_name\":\""u8);
        JsonName.Write(ref line, container.PodName);
        line.Append("\",\"pod_namespace\":\""u8);
        JsonName.Write(ref line, container.PodNamespace);
        line.Append("\",\"container_name\":\""u8);
        JsonName.Write(ref line, container.ContainerName);
        if (container.PodName.Length == 0 && container.PodUid.Length > 0)
        {
            line.Append("\",\"pod_uid\":\""u8); // all that there is to find the pod by
            JsonName.Write(ref line, container.PodUid);
        }

        line.Append("\"}"u8);
        return line.Written.ToArray();
    }

    private sealed class ByReference : IEqualityComparer<ContainerIdentity>
    {
        public static readonly ByReference Instance = new();

        public bool Equals(ContainerIdentity? x, ContainerIdentity? y) => ReferenceEquals(x, y);

        public int GetHashCode(ContainerIdentity obj) => RuntimeHelpers.GetHashCode(obj);
    }
}

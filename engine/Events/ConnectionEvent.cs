namespace NetMon.Events;

/// <summary>A decoded record: in wall time, and with the container of its owner and the peer once enrichment has seen it.</summary>
public struct ConnectionEvent
{
    /// <summary>Nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public long UnixNanoseconds;

    /// <summary>The container that the owner runs in; null for a process of the host.</summary>
    public ContainerIdentity? Container;

    /// <summary>Who is at the other end; null where nothing is known.</summary>
    public PeerIdentity? Peer;

    /// <summary>The record as the kernel wrote it.</summary>
    public ConnectionRecord Record;

    /// <summary>The fields that decide what the others mean.</summary>
    public readonly EventFacts Facts => new(
        Record.Kind, Record.Direction, Record.CloseReason, Record.Flags, Record.Error, Record.ConnectionId != 0, Record.LatencyNanoseconds != 0);
}

namespace NetMon.Events;

/// <summary>A decoded record with wall-clock time, and after enrichment with the owner's container and the peer.</summary>
public struct ConnectionEvent
{
    /// <summary>Unix nanoseconds.</summary>
    public long UnixNanoseconds;

    /// <summary>The container that the owner runs in; null for a process of the host.</summary>
    public ContainerIdentity? Container;

    /// <summary>The other end; null if nothing is known about it.</summary>
    public PeerIdentity? Peer;

    /// <summary>The record as the kernel wrote it.</summary>
    public ConnectionRecord Record;

    /// <summary>The fields that determine the meaning of the others.</summary>
    public readonly EventFacts Facts => new(
        Record.Kind, Record.Direction, Record.CloseReason, Record.Flags, Record.Error, Record.ConnectionId != 0, Record.LatencyNanoseconds != 0);
}

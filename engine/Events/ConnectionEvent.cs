namespace NetMon.Events;

/// <summary>A decoded record: in wall time, and with the container of its owner once enrichment has seen it.</summary>
public struct ConnectionEvent
{
    /// <summary>Nanoseconds since 1970-01-01T00:00:00Z.</summary>
    public long UnixNanoseconds;

    /// <summary>The container that the owner runs in; null for a process of the host.</summary>
    public ContainerIdentity? Container;

    /// <summary>The record as the kernel wrote it.</summary>
    public ConnectionRecord Record;

    /// <summary>How a CONNECT turned out.</summary>
    public readonly ConnectResult Result => Vocabulary.ResultOf(Record.Error, Record.Flags);

    /// <summary>Why a CONNECT failed, as the caller's errno; 0 where it did not, gave up by itself, or no hook saw why.</summary>
    public readonly uint Errno => Result == ConnectResult.Aborted ? 0 : Record.Error;
}

namespace NetMon.Storage.Rollups;

/// <summary>
/// The key of a roll-up's row. Rows are sorted by owner, process, direction, peer, port, result and errno, with texts in byte order and
/// null first. Names are not part of the order because a container has one set of names. Borrows its texts.
/// </summary>
internal readonly ref struct RollupKey
{
    /// <summary>
    /// A container's id; for a process of the node with a known systemd unit, a zero byte (<see cref="OfUnit"/>) and the unit's workload;
    /// empty for other processes of the node.
    /// </summary>
    public ReadOnlySpan<byte> Owner { get; init; }

    /// <summary>The first byte of an owner that is a systemd unit.</summary>
    public const byte OfUnit = 0;

    /// <summary>Whether the owner is a container.</summary>
    public bool IsContainer => !Owner.IsEmpty && Owner[0] != OfUnit;

    /// <summary>The workload of the owner's systemd unit; empty for other owners.</summary>
    public ReadOnlySpan<byte> Unit => !Owner.IsEmpty && Owner[0] == OfUnit ? Owner[1..] : default;

    public ReadOnlySpan<byte> Process { get; init; }

    public ReadOnlySpan<byte> Direction { get; init; }

    /// <summary>The peer's address.</summary>
    public ReadOnlySpan<byte> Peer { get; init; }

    /// <summary>The server's port.</summary>
    public int Port { get; init; }

    /// <summary>The result of connection attempts; empty for inbound connections.</summary>
    public ReadOnlySpan<byte> Result { get; init; }

    /// <summary>The errno of the attempts; null if none.</summary>
    public int? Errno { get; init; }

    /// <summary>Compares in sort order: negative if this key comes first, 0 if the keys are equal.</summary>
    public int CompareTo(in RollupKey other)
    {
        var order = Owner.SequenceCompareTo(other.Owner);
        order = order != 0 ? order : Process.SequenceCompareTo(other.Process);
        order = order != 0 ? order : Direction.SequenceCompareTo(other.Direction);
        order = order != 0 ? order : Peer.SequenceCompareTo(other.Peer);
        order = order != 0 ? order : Port.CompareTo(other.Port);
        order = order != 0 ? order : Result.SequenceCompareTo(other.Result);
        return order != 0 ? order : Nullable.Compare(Errno, other.Errno);
    }
}

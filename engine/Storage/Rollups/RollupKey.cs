namespace NetMon.Storage.Rollups;

/// <summary>
/// What a row of a roll-up is about. Rows are in the order of owner, process, direction, peer, port, result, errno: texts by their bytes,
/// null first. A container has one set of names, so that they are no part of the order. Borrows its texts.
/// </summary>
internal readonly ref struct RollupKey
{
    /// <summary>
    /// A container's id, or of a process of the node whose systemd unit is known a zero byte (<see cref="OfUnit"/>) and the unit's
    /// workload; empty for other processes of the node.
    /// </summary>
    public ReadOnlySpan<byte> Owner { get; init; }

    /// <summary>The first byte of an owner that is a unit.</summary>
    public const byte OfUnit = 0;

    /// <summary>Whether the owner is a container.</summary>
    public bool IsContainer => !Owner.IsEmpty && Owner[0] != OfUnit;

    /// <summary>The workload of the owner's unit; empty where it is none.</summary>
    public ReadOnlySpan<byte> Unit => !Owner.IsEmpty && Owner[0] == OfUnit ? Owner[1..] : default;

    public ReadOnlySpan<byte> Process { get; init; }

    public ReadOnlySpan<byte> Direction { get; init; }

    /// <summary>The other side's address.</summary>
    public ReadOnlySpan<byte> Peer { get; init; }

    /// <summary>The server's.</summary>
    public int Port { get; init; }

    /// <summary>How attempts ended; empty for inbound connections.</summary>
    public ReadOnlySpan<byte> Result { get; init; }

    /// <summary>Of the attempts; null if they had none. Errors have no negative numbers.</summary>
    public int? Errno { get; init; }

    /// <summary>Below 0: this comes before the other; 0: they are the same.</summary>
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

namespace NetMon.Storage.Rollups;

/// <summary>
/// What a row of a roll-up is about. Rows are in the order of container, process, direction, peer, port, result, errno: texts by their bytes,
/// null first. A container has one set of names, so that they are no part of the order. Borrows its texts.
/// </summary>
internal readonly ref struct RollupKey
{
    /// <summary>Empty for a process of the host: no container then.</summary>
    public ReadOnlySpan<byte> ContainerId { get; init; }

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
        var order = ContainerId.SequenceCompareTo(other.ContainerId);
        order = order != 0 ? order : Process.SequenceCompareTo(other.Process);
        order = order != 0 ? order : Direction.SequenceCompareTo(other.Direction);
        order = order != 0 ? order : Peer.SequenceCompareTo(other.Peer);
        order = order != 0 ? order : Port.CompareTo(other.Port);
        order = order != 0 ? order : Result.SequenceCompareTo(other.Result);
        return order != 0 ? order : Nullable.Compare(Errno, other.Errno);
    }
}

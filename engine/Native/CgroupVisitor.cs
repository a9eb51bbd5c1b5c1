namespace NetMon.Native;

/// <summary>Receives a cgroup's id and its path within the hierarchy; the root's path is "/". The span is only valid during the call.</summary>
public delegate void CgroupVisitor(ulong id, ReadOnlySpan<byte> path);

namespace NetMon.Native;

/// <summary>Receives a cgroup's id and its path within the hierarchy; the root's path is "/". The span is valid during the call only.</summary>
public delegate void CgroupVisitor(ulong id, ReadOnlySpan<byte> path);

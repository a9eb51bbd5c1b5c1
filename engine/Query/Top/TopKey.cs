namespace NetMon.Query.Top;

/// <summary>The subject of a row.</summary>
/// <param name="Name">The name if known; null for the row of others, which has no address either.</param>
/// <param name="Address">The bytes of the address if there is no name; else 0.</param>
/// <param name="Port">The port that was called; 0 for a caller or a workload.</param>
/// <param name="IsCaller">Whether it called this side.</param>
internal readonly record struct TopKey(string? Name, UInt128 Address, ushort Port, bool IsCaller);

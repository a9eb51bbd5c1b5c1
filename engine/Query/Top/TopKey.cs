namespace NetMon.Query.Top;

/// <summary>Whom a row is about.</summary>
/// <param name="Name">The name, where it has one; of rows for the rest null, with no address.</param>
/// <param name="Address">The bytes of the address of what has no name; 0 else.</param>
/// <param name="Port">The port that was called; 0 where this is the caller, or a workload.</param>
/// <param name="IsCaller">Whether it called us.</param>
internal readonly record struct TopKey(string? Name, UInt128 Address, ushort Port, bool IsCaller);

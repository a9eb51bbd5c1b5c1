namespace NetMon.Storage.Owners;

/// <summary>A pod sandbox or container with its own addresses, and the time range during which it has them. Immutable.</summary>
/// <param name="Id">The id of the sandbox or container.</param>
/// <param name="Name">The owner of the addresses.</param>
/// <param name="Addresses">As in events (AddressText).</param>
/// <param name="FromUnixNanoseconds">When the range began.</param>
/// <param name="UntilUnixNanoseconds">When it ended; 0: still current.</param>
public sealed record AddressOwner(string Id, OwnerName Name, IReadOnlyList<string> Addresses, long FromUnixNanoseconds, long UntilUnixNanoseconds = 0);

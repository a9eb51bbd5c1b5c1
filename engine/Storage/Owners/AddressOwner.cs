namespace NetMon.Storage.Owners;

/// <summary>A pod's sandbox or a container with addresses of its own, and from when to when they are its. Immutable.</summary>
/// <param name="Id">Of the sandbox or container.</param>
/// <param name="Name">Whose addresses they are.</param>
/// <param name="Addresses">As events have them (AddressText).</param>
/// <param name="FromUnixNanoseconds">When it began.</param>
/// <param name="UntilUnixNanoseconds">When it ended; 0: it is there.</param>
public sealed record AddressOwner(string Id, OwnerName Name, IReadOnlyList<string> Addresses, long FromUnixNanoseconds, long UntilUnixNanoseconds = 0);

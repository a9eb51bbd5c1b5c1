namespace NetMon.Kubernetes.Json;

/// <summary>An object found by <see cref="JsonObjects"/>.</summary>
/// <param name="Bytes">The object, or only its start; valid until the next one is read.</param>
/// <param name="IsMetadata">Whether it is the list's metadata rather than an item.</param>
/// <param name="IsCut">Whether it was too large, and only its first bytes are here.</param>
internal readonly record struct JsonObject(ReadOnlyMemory<byte> Bytes, bool IsMetadata, bool IsCut);

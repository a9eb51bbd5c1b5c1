namespace NetMon.Kubernetes.Json;

/// <summary>An object that <see cref="JsonObjects"/> has found.</summary>
/// <param name="Bytes">The object, or only its beginning; valid until the next one is read.</param>
/// <param name="IsMetadata">It is the metadata of the list, not an item.</param>
/// <param name="IsCut">It was too large, and these are its first bytes.</param>
internal readonly record struct JsonObject(ReadOnlyMemory<byte> Bytes, bool IsMetadata, bool IsCut);

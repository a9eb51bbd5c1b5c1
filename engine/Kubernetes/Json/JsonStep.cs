namespace NetMon.Kubernetes.Json;

/// <summary>What <see cref="JsonNesting"/> has come to.</summary>
internal enum JsonStep
{
    /// <summary>All bytes are looked at, or some that mean nothing here.</summary>
    Inside,

    /// <summary>The last byte that was looked at opens an object that is wanted.</summary>
    Begins,

    /// <summary>The last byte that was looked at closes it.</summary>
    Ends,
}

namespace NetMon.Kubernetes.Json;

/// <summary>What <see cref="JsonNesting"/> has found.</summary>
internal enum JsonStep
{
    /// <summary>Nothing of interest so far.</summary>
    Inside,

    /// <summary>The last byte scanned opens a selected object.</summary>
    Begins,

    /// <summary>The last byte scanned closes the selected object.</summary>
    Ends,
}

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>A call ended without a result, because the server returned a status or an invalid answer.</summary>
internal sealed class GrpcException(GrpcStatus status, string detail) : Exception(detail)
{
    /// <summary>The status returned by the server, or the one that corresponds to its answer.</summary>
    public GrpcStatus Status { get; } = status;
}

namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>A call ended without its answer, by the other side's word or because its answer is none.</summary>
internal sealed class GrpcException(GrpcStatus status, string detail) : Exception(detail)
{
    /// <summary>What the other side said, or what its answer comes to.</summary>
    public GrpcStatus Status { get; } = status;
}

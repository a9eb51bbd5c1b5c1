namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>The status of a call, with gRPC's numbers and names (grpc/doc/statuscodes.md).</summary>
internal enum GrpcStatus
{
    OK,
    Cancelled,
    Unknown,
    InvalidArgument,
    DeadlineExceeded,
    NotFound,
    AlreadyExists,
    PermissionDenied,
    ResourceExhausted,
    FailedPrecondition,
    Aborted,
    OutOfRange,
    Unimplemented,
    Internal,
    Unavailable,
    DataLoss,
    Unauthenticated,
}

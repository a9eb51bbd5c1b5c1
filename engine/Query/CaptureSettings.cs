using NetMon.Query.Buckets;

namespace NetMon.Query;

/// <summary>Where the capture is and how it is read.</summary>
/// <param name="Place">The capture directory, or the bucket.</param>
/// <param name="Bucket">What belongs to a bucket; null where it is a directory.</param>
/// <param name="Memory">What DuckDB may take.</param>
/// <param name="IsStrict">Whether a file that can't be read is an error.</param>
internal sealed record CaptureSettings(string Place, BucketSettings? Bucket, string Memory, bool IsStrict);

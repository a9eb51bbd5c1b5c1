using NetMon.Query.Buckets;

namespace NetMon.Query;

/// <summary>The location of the capture, and how to read it.</summary>
/// <param name="Place">The capture directory, or the bucket.</param>
/// <param name="Bucket">Settings of a bucket; null for a directory.</param>
/// <param name="Memory">DuckDB's memory limit.</param>
/// <param name="IsStrict">Whether a file that can't be read is an error.</param>
internal sealed record CaptureSettings(string Place, BucketSettings? Bucket, string Memory, bool IsStrict);

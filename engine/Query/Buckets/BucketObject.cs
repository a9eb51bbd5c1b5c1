using NetMon.Query.Files;

namespace NetMon.Query.Buckets;

/// <summary>An object in a bucket that is a file of a capture.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Path">Its path in the capture: events/date=…/hour=…/NODE.parquet.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="EntityTag">Changes when its content changes.</param>
/// <param name="File">Its file in this run's folder, once downloaded.</param>
internal sealed record BucketObject(string Key, string Path, long Bytes, string EntityTag, HourFile File);

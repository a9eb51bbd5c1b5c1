using NetMon.Query.Files;

namespace NetMon.Query.Buckets;

/// <summary>An object of a bucket that is a file of a capture.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Path">Its path in the capture: events/date=…/hour=…/NODE.parquet.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="EntityTag">Changes with its contents.</param>
/// <param name="File">Where it is in the folder of this run, once it is fetched.</param>
internal sealed record BucketObject(string Key, string Path, long Bytes, string EntityTag, HourFile File);

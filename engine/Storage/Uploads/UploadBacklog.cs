namespace NetMon.Storage.Uploads;

/// <summary>Sealed files that are not in the bucket yet.</summary>
/// <param name="Files">How many, of events, losses and roll-ups.</param>
/// <param name="Bytes">Their size.</param>
/// <param name="HeldHours">Hours of them that --retain-for or --retain-bytes would have removed.</param>
public readonly record struct UploadBacklog(long Files, long Bytes, long HeldHours);

namespace NetMon.Storage.Uploads;

/// <summary>Sealed files that are not uploaded yet.</summary>
/// <param name="Files">Number of files of events, losses and roll-ups.</param>
/// <param name="Bytes">Their size in bytes.</param>
/// <param name="HeldHours">Number of hours among them that --retain-for or --retain-bytes would have removed.</param>
public readonly record struct UploadBacklog(long Files, long Bytes, long HeldHours);

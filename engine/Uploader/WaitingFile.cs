namespace NetMon.Uploader;

/// <summary>A sealed file that is not uploaded: its path in the capture directory, and its size in bytes.</summary>
internal readonly record struct WaitingFile(string Path, long Bytes);

namespace NetMon.Uploader;

/// <summary>A sealed file by its path in the capture directory, and its size.</summary>
internal readonly record struct WaitingFile(string Path, long Bytes);

namespace NetMon.Archive;

/// <summary>A sealed file by its path in the capture directory, and its size.</summary>
internal readonly record struct SealedFile(string Path, long Bytes);

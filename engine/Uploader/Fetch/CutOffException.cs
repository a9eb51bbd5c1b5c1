namespace NetMon.Uploader.Fetch;

/// <summary>An object's content ended early.</summary>
internal sealed class CutOffException(string message, Exception? cause = null) : Exception(message, cause);

namespace NetMon.Uploader.Fetch;

/// <summary>An object's bytes ended before all were there.</summary>
internal sealed class CutOffException(string message, Exception? cause = null) : Exception(message, cause);

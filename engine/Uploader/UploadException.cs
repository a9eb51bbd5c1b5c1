namespace NetMon.Uploader;

/// <summary>A file could not be uploaded for now.</summary>
/// <param name="message">What failed, why, and how to fix it.</param>
/// <param name="concernsAll">Whether the failure affects all files: the server is unavailable or rejects everything.</param>
/// <param name="cause">The library's exception, if any.</param>
internal sealed class UploadException(string message, bool concernsAll, Exception? cause = null) : Exception(message, cause)
{
    public bool ConcernsAll { get; } = concernsAll;
}

namespace NetMon.Uploader;

/// <summary>A file could not be brought into the bucket for now.</summary>
/// <param name="message">What happened, why, and what to do.</param>
/// <param name="concernsAll">Whether other files have no better chance: the server is away or refuses everything.</param>
/// <param name="cause">What the library threw, if it did.</param>
internal sealed class UploadException(string message, bool concernsAll, Exception? cause = null) : Exception(message, cause)
{
    public bool ConcernsAll { get; } = concernsAll;
}

namespace NetMon.Kubernetes.Watching;

/// <summary>The API server is unreachable, rejects a request, or sends an invalid answer.</summary>
internal sealed class ApiException : Exception
{
    public ApiException(string message)
        : base(message)
    {
    }

    public ApiException(string message, Exception cause)
        : base(message, cause)
    {
    }

    /// <summary>Whether the version to continue from is too old (410), so that all objects must be listed again.</summary>
    public bool IsGone { get; init; }

    /// <summary>How long the server requests to wait; null if not specified.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

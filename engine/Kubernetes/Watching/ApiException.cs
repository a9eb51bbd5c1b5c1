namespace NetMon.Kubernetes.Watching;

/// <summary>The API server can't be reached, refuses, or sends what it should not.</summary>
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

    /// <summary>The version to go on from is too old (410): everything has to be listed again.</summary>
    public bool IsGone { get; init; }

    /// <summary>How long the server wants to be left alone; null if it does not say.</summary>
    public TimeSpan? RetryAfter { get; init; }
}

namespace NetMon.Sources;

/// <summary>A source could not be opened. The message is for the person who started the agent: what, why, what to do.</summary>
public sealed class SourceException : Exception
{
    public SourceException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

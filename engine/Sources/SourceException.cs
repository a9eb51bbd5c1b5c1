namespace NetMon.Sources;

/// <summary>A source could not be opened. The message is for the operator: what failed, why, and how to fix it.</summary>
public sealed class SourceException : Exception
{
    public SourceException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

namespace NetMon.Storage;

/// <summary>The capture directory can't be used. The message is for the operator: what failed, why, and how to fix it.</summary>
public sealed class CaptureDirectoryException : Exception
{
    public CaptureDirectoryException()
    {
    }

    public CaptureDirectoryException(string message)
        : base(message)
    {
    }

    public CaptureDirectoryException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

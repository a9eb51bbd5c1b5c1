namespace NetMon.Parquet.Reading;

/// <summary>A file, or a part of it, is not as it was written; the message says what is wrong.</summary>
public sealed class DamagedFileException : IOException
{
    public DamagedFileException()
    {
    }

    public DamagedFileException(string message)
        : base(message)
    {
    }

    public DamagedFileException(string message, Exception cause)
        : base(message, cause)
    {
    }
}

namespace NetMon.Parquet.Reading;

/// <summary>A file, or a part of it, is corrupt; the message says how.</summary>
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

namespace NetMon.Storage;

/// <summary>An open file's rows can't be had any more, however often one tries; the file is to be given up.</summary>
internal sealed class FileLostException : IOException
{
    public FileLostException()
    {
    }

    public FileLostException(string message)
        : base(message)
    {
    }

    public FileLostException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

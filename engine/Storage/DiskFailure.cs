namespace NetMon.Storage;

/// <summary>Tells what the world does to files from mistakes in the program.</summary>
internal static class DiskFailure
{
    /// <summary>Whether the file system refused something: no space, no permission, not there, broken.</summary>
    public static bool Is(Exception failure) => failure is IOException or UnauthorizedAccessException;
}

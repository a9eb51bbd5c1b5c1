namespace NetMon.Native;

/// <summary>What .NET can't do with a directory.</summary>
public static class Folder
{
    /// <summary>Makes the names in it durable: fsync(2) of the directory. Throws <see cref="IOException"/>.</summary>
    public static void Sync(string path)
    {
        var descriptor = Libc.Open(path, Libc.CloseOnExec, 0);
        var failure = descriptor < 0 || Libc.Sync(descriptor) != 0 ? NativeException.FromErrno($"syncing the directory {path}") : null;
        _ = Libc.Close(descriptor);
        if (failure is not null)
        {
            throw new IOException(failure.Message, failure);
        }
    }
}

using System.Runtime.InteropServices;
using NetMon.Native;

namespace NetMon.Query;

/// <summary>
/// A folder of one run, among the temporary files or in a folder of the user, which is removed at the end of the process in every way that a
/// program can handle. Folders of killed processes are removed by the next run of the same user.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "netmon-query-";
    private const string LockName = "lock";
    private const int RemoveAttempts = 100;

    /// <summary>The age from which on a folder without a lock is abandoned; a younger one may just be being created.</summary>
    private static readonly TimeSpan Unlocked = TimeSpan.FromMinutes(1);

    private readonly FileStream _lock;
    private readonly PosixSignalRegistration[] _signals;

    private TemporaryFolder(string path)
    {
        Path = path;
        _lock = Lock(System.IO.Path.Combine(path, LockName), FileMode.CreateNew);
        // The signal's default action, which ends the process, follows.
        _signals = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT]).Select(signal => PosixSignalRegistration.Create(signal, _ => Remove(path)))];
    }

    public string Path { get; }

    /// <summary>Creates a folder among the temporary files, accessible only to its owner, and removes abandoned ones.</summary>
    public static TemporaryFolder Create()
    {
        Sweep(System.IO.Path.GetTempPath());
        return new TemporaryFolder(Directory.CreateTempSubdirectory(Prefix).FullName);
    }

    /// <summary>As <see cref="Create"/>, in a folder that nobody else may write to.</summary>
    public static TemporaryFolder CreateIn(string parent)
    {
        Sweep(parent);
        var path = System.IO.Path.Combine(parent, Prefix + Guid.NewGuid().ToString("n"));
        return new TemporaryFolder(Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName);
    }

    public void Dispose()
    {
        Remove(Path);
        Array.ForEach(_signals, signal => signal.Dispose());
        _lock.Dispose();
    }

    private static void Sweep(string parent)
    {
        foreach (var folder in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            try
            {
                if (RegularFile.KindOf(folder) == FileKind.Directory && RegularFile.IsOwn(folder) && IsAbandoned(folder))
                {
                    Remove(folder);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // In use, or already removed.
            }
        }
    }

    private static bool IsAbandoned(string folder)
    {
        var file = System.IO.Path.Combine(folder, LockName);
        if (!File.Exists(file))
        {
            return DateTime.UtcNow - Directory.GetLastWriteTimeUtc(folder) > Unlocked;
        }

        using var free = Lock(file, FileMode.Open); // throws while its owner holds the lock
        return true;
    }

    /// <summary>Takes an advisory lock, which ends with the process.</summary>
    private static FileStream Lock(string file, FileMode mode) => new(file, mode, FileAccess.ReadWrite, FileShare.None);

    private static void Remove(string folder)
    {
        for (var attempt = 0; attempt < RemoveAttempts && Directory.Exists(folder); attempt++)
        {
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // DuckDB is creating files in it right now. If it can't be removed, the next run does.
                Thread.Sleep(1);
            }
        }
    }
}

using System.Runtime.InteropServices;
using NetMon.Native;

namespace NetMon.Query;

/// <summary>
/// A folder of one run, among the temporary files or in a folder of the user's own, removed on every way out that the system lets a program
/// see; what a killed one left is removed by the next one of the same user.
/// </summary>
internal sealed class TemporaryFolder : IDisposable
{
    private const string Prefix = "netmon-query-";
    private const string LockName = "lock";
    private const int RemoveAttempts = 100;

    /// <summary>A folder without a lock may be one that is just being made.</summary>
    private static readonly TimeSpan Unlocked = TimeSpan.FromMinutes(1);

    private readonly FileStream _lock;
    private readonly PosixSignalRegistration[] _signals;

    private TemporaryFolder(string path)
    {
        Path = path;
        _lock = Lock(System.IO.Path.Combine(path, LockName), FileMode.CreateNew);
        // The signal's own effect, the end, follows.
        _signals = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT]).Select(signal => PosixSignalRegistration.Create(signal, _ => Remove(path)))];
    }

    public string Path { get; }

    /// <summary>Makes one among the temporary files, readable by its owner alone, and removes those that nobody uses any more.</summary>
    public static TemporaryFolder Create()
    {
        Sweep(System.IO.Path.GetTempPath());
        return new TemporaryFolder(Directory.CreateTempSubdirectory(Prefix).FullName);
    }

    /// <summary>The same in a folder that nobody else may write to.</summary>
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
                // In use, or gone by now.
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

        using var free = Lock(file, FileMode.Open); // throws while its owner has it
        return true;
    }

    /// <summary>An advisory lock, which ends with the process.</summary>
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
                // DuckDB makes files in it this moment. What is left in the end the next one removes.
                Thread.Sleep(1);
            }
        }
    }
}

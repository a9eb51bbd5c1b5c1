using System.Runtime.InteropServices;
using NetMon.Native;

namespace NetMon.Query;

/// <summary>
/// A folder among the temporary files for what does not fit into memory, removed on every way out that the system lets a program
/// see; what a killed one left is removed by the next one of the same user.
/// </summary>
internal sealed class SpillFolder : IDisposable
{
    private const string Prefix = "netmon-query-";
    private const string LockName = "lock";
    private const int RemoveAttempts = 100;

    /// <summary>A folder without a lock may be one that is just being made.</summary>
    private static readonly TimeSpan Unlocked = TimeSpan.FromMinutes(1);

    private readonly FileStream _lock;
    private readonly PosixSignalRegistration[] _signals;

    private SpillFolder(string path)
    {
        Path = path;
        _lock = Lock(System.IO.Path.Combine(path, LockName), FileMode.CreateNew);
        // The signal's own effect, the end, follows.
        _signals = [.. ((PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT]).Select(signal => PosixSignalRegistration.Create(signal, _ => Remove(path)))];
    }

    public string Path { get; }

    /// <summary>Makes one, readable by its owner alone, and removes those that nobody uses any more.</summary>
    public static SpillFolder Create()
    {
        Sweep();
        return new SpillFolder(Directory.CreateTempSubdirectory(Prefix).FullName);
    }

    public void Dispose()
    {
        Remove(Path);
        Array.ForEach(_signals, signal => signal.Dispose());
        _lock.Dispose();
    }

    private static void Sweep()
    {
        foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
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

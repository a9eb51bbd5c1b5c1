using System.Globalization;
using System.Security.Cryptography;

namespace NetMon.Storage;

/// <summary>Where things are in a capture directory, and who may read them.</summary>
internal sealed class CaptureLayout
{
    private const UnixFileMode PrivateFolder =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private const UnixFileMode PrivateFile = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const string PartialEnding = ".parquet.partial";
    private const int WouldBlock = 11; // include/uapi/asm-generic/errno-base.h; what flock(2) says of a lock that is held

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(10);

    private readonly string _fileName;
    private readonly string _events;
    private readonly Action<string>? _syncFolder;

    public CaptureLayout(string captureDirectory, string node, Action<string>? syncFolder)
    {
        _fileName = NodeFileName.Of(node);
        _events = Path.Combine(captureDirectory, "events");
        _syncFolder = syncFolder;
        Hot = Path.Combine(captureDirectory, "hot");
    }

    /// <summary>The folder of the files that are not sealed yet.</summary>
    public string Hot { get; }

    /// <summary>Makes both folders and sees that files can be made in them.</summary>
    /// <exception cref="IOException">It can't.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not.</exception>
    public void Prepare()
    {
        MakeFolder(_events);
        MakeFolder(Hot);
        Probe(_events);
        Probe(Hot);
    }

    /// <summary>A new file in <see cref="Hot"/>, locked against every other agent; the caller owns the stream.</summary>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made.</exception>
    public FileStream CreatePartial(Hour hour)
    {
        MakeFolder(Hot);
        using (LockNames())
        {
            return CreateLocked(Path.Combine(Hot, $"{_fileName}.{hour}.{Unique()}{PartialEnding}"));
        }
    }

    /// <summary>Opens and locks an unsealed file that no agent holds; the caller owns the stream.</summary>
    /// <exception cref="IOException">An agent holds it, or it is gone.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened.</exception>
    public FileStream OpenPartial(string path)
    {
        using (LockNames())
        {
            return OpenLocked(path, FileMode.Open);
        }
    }

    /// <summary>Unsealed files of this node, also those of other agents that run; with the hour that each is of.</summary>
    public IEnumerable<(string Path, Hour Hour)> FindPartials()
    {
        foreach (var path in Directory.GetFiles(Hot, "*" + PartialEnding))
        {
            // Taken apart from the end: a node's name has dots, the other parts have none.
            var name = Path.GetFileName(path)[..^PartialEnding.Length];
            var unique = name.LastIndexOf('.');
            var hourFrom = unique < 1 ? 0 : name.LastIndexOf('.', unique - 1) + 1;
            if (hourFrom > 0 && name[..(hourFrom - 1)] == _fileName && Hour.TryParse(name[hourFrom..unique], out var hour))
            {
                yield return (path, hour);
            }
        }
    }

    /// <summary>
    /// Moves a file that is whole and durable into its hour under events/ and returns its new path; never over another.
    /// </summary>
    /// <exception cref="IOException">It can't; the file is where it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not; the file is where it was.</exception>
    public string Seal(FileStream partial, Hour hour)
    {
        var folder = Path.Combine(_events, hour.ToPartition());
        MakeFolder(folder);
        string path;
        using (LockNames())
        {
            path = FreeName(folder);
            File.Move(partial.Name, path, overwrite: true);
        }

        try
        {
            SyncNames(partial, folder);
        }
        catch (IOException)
        {
            // The file is whole, in place and durable; only a power cut in the next seconds could take its name.
        }

        return path;
    }

    private void SyncNames(FileStream file, string folder)
    {
        if (_syncFolder is null)
        {
            RandomAccess.FlushToDisk(file.SafeFileHandle);
            return;
        }

        _syncFolder(folder);
        _syncFolder(Path.GetDirectoryName(folder)!);
        _syncFolder(_events);
    }

    private string FreeName(string folder)
    {
        var path = Path.Combine(folder, _fileName + ".parquet");
        for (var number = 1; Path.Exists(path); number++)
        {
            path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{_fileName}-{number}.parquet"));
        }

        return path;
    }

    /// <summary>
    /// Held while a name is taken: open(2) and flock(2) are two calls, and so are looking for a free name and rename(2),
    /// which replaces what is there.
    /// </summary>
    private FileStream LockNames()
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return OpenLocked(Path.Combine(Hot, ".names.lock"), FileMode.OpenOrCreate);
            }
            catch (IOException taken) when (taken.HResult == WouldBlock && TimeProvider.System.GetElapsedTime(started) < LockPatience)
            {
                Thread.Sleep(LockPause);
            }
        }
    }

    private static void Probe(string folder)
    {
        var path = Path.Combine(folder, $".{Unique()}.probe");
        OpenLocked(path, FileMode.Create).Dispose();
        File.Delete(path);
    }

    private static string Unique() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    private static FileStream CreateLocked(string path)
    {
        var stream = OpenLocked(path, FileMode.CreateNew);
        try
        {
            File.SetUnixFileMode(stream.SafeFileHandle, PrivateFile); // whatever the umask is
            return stream;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>FileShare.None is an flock(2), which ends with the process that holds it.</summary>
    private static FileStream OpenLocked(string path, FileMode mode) => new(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = FileShare.None,
        BufferSize = 0,
        UnixCreateMode = mode == FileMode.Open ? null : PrivateFile,
    });

    private static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        MakeFolder(Path.GetDirectoryName(path)!);
        Directory.CreateDirectory(path, PrivateFolder);
        File.SetUnixFileMode(path, PrivateFolder);
    }
}

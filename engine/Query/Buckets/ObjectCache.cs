using System.Security.Cryptography;
using System.Text;
using NetMon.Foundation;
using NetMon.Native;

namespace NetMon.Query.Buckets;

/// <summary>
/// Objects that were fetched, by what they are: files of a folder of the user's own, which is kept within a bound by removing those
/// that were not used for longest. Each run has a folder beside them with links to what it uses, so that nothing is taken away from it by
/// another one, or by the bound. Several processes may use a cache at once; one thread.
/// </summary>
internal sealed class ObjectCache : IDisposable
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly BucketSettings _settings;
    private readonly string _objects;
    private readonly TemporaryFolder _run;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private long _usedBytes;
    private int _files;

    private ObjectCache(BucketSettings settings, string objects, TemporaryFolder run) => (_settings, _objects, _run) = (settings, objects, run);

    /// <summary>The folder of this run, which goes with it.</summary>
    public string Folder => _run.Path;

    /// <summary>Opens a cache, making it where there is none.</summary>
    /// <exception cref="QueryException">The folder is somebody else's.</exception>
    /// <exception cref="IOException">It can't be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be made or read.</exception>
    public static ObjectCache Open(BucketSettings settings)
    {
        var (objects, runs) = (Make(settings.Cache, "objects"), Make(settings.Cache, "runs"));
        return new ObjectCache(settings, objects, TemporaryFolder.CreateIn(runs));
    }

    /// <summary>A name for the end of an object from a byte on: all of it from 0 on.</summary>
    public string NameOf(BucketObject found, long from)
    {
        var server = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
            System.Globalization.CultureInfo.InvariantCulture, $"{server}\n{_settings.Target.Bucket}\n{found.Key}\n{found.EntityTag}\n{found.Bytes}\n{from}"))));
    }

    /// <summary>Gives a file that is there a further name in the folder of this run; false where it is not there.</summary>
    /// <exception cref="IOException">It can't.</exception>
    public bool TryUse(string name, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, Private);
        var file = Path.Combine(_objects, name);
        if (!HardLink.TryCreate(file, path))
        {
            return false;
        }

        File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        Count(name, new FileInfo(path).Length);
        return true;
    }

    /// <summary>Makes room for bytes that are to be fetched.</summary>
    /// <exception cref="QueryException">They and what this run uses are more than the bound, or than the disk has free.</exception>
    public void Reserve(long bytes)
    {
        if (_usedBytes + bytes > _settings.CacheBytes)
        {
            throw new QueryException($"the question needs {ByteSize.Text(_usedBytes + bytes)} of files of {_settings.Target}, and the cache may have {ByteSize.Text(_settings.CacheBytes)}:"
                + " ask for fewer hours or for one node (conditions on timestamp, date, hour, node), or raise --cache-bytes");
        }

        var files = new DirectoryInfo(_objects).EnumerateFiles().Select(file => (file.Name, file.Length, file.LastWriteTimeUtc, file.FullName)).ToList();
        var total = files.Sum(file => file.Length) + bytes;
        foreach (var file in files.Where(file => !_used.Contains(file.Name)).OrderBy(file => file.LastWriteTimeUtc).TakeWhile(_ => total > _settings.CacheBytes))
        {
            File.Delete(file.FullName);
            total -= file.Length;
        }

        if (new DriveInfo(_objects).AvailableFreeSpace < bytes)
        {
            throw new QueryException($"the question needs {ByteSize.Text(bytes)} more of {_settings.Target}, and the disk of {_settings.Cache} has less free: give another --cache, or ask for fewer hours");
        }
    }

    /// <summary>The path of a file to fetch something into.</summary>
    public string NewFile() => Path.Combine(Folder, $"fetching-{_files++}");

    /// <summary>Keeps a file that is complete, and gives it a further name in the folder of this run.</summary>
    /// <param name="name">By which it is found again.</param>
    /// <param name="fetched">The file; it is moved.</param>
    /// <param name="path">The further name.</param>
    /// <exception cref="IOException">It can't.</exception>
    public void Keep(string name, string fetched, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, Private);
        HardLink.TryCreate(fetched, path);
        File.Move(fetched, Path.Combine(_objects, name), overwrite: true);
        Count(name, new FileInfo(path).Length);
    }

    /// <summary>Forgets a file, so that it is fetched anew.</summary>
    public void Drop(string name) => File.Delete(Path.Combine(_objects, name));

    public void Dispose() => _run.Dispose();

    private static string Make(string cache, string name)
    {
        var folder = Path.GetFullPath(Path.Combine(cache, name));
        foreach (var missing in new[] { cache, folder }.Where(path => RegularFile.KindOf(path) == FileKind.Missing))
        {
            Directory.CreateDirectory(missing, Private);
        }

        if (RegularFile.KindOf(folder) != FileKind.Directory || !RegularFile.IsOwn(folder))
        {
            throw new QueryException($"{folder} is not a folder of this user's own: give another --cache");
        }

        File.SetUnixFileMode(folder, Private);
        return folder;
    }

    private void Count(string name, long bytes)
    {
        if (_used.Add(name))
        {
            _usedBytes += bytes;
        }
    }
}

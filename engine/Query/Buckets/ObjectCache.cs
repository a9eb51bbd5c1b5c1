using System.Globalization;
using System.IO.Hashing;
using System.Text;
using NetMon.Foundation;
using NetMon.Native;

namespace NetMon.Query.Buckets;

/// <summary>
/// A cache of downloaded objects, by key and content: files in a folder of the user, which is kept within a limit by removing the least
/// recently used ones. Each run has a folder of links to the files that it uses, so that neither another run nor the limit removes them.
/// Several processes may share a cache; not thread-safe.
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

    /// <summary>The folder of this run, removed at its end.</summary>
    public string Folder => _run.Path;

    /// <summary>Opens a cache; creates it if missing.</summary>
    /// <exception cref="QueryException">The folder belongs to another user.</exception>
    /// <exception cref="IOException">The folder can't be created.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the folder is denied.</exception>
    public static ObjectCache Open(BucketSettings settings)
    {
        var (objects, runs) = (Make(settings.Cache, "objects"), Make(settings.Cache, "runs"));
        return new ObjectCache(settings, objects, TemporaryFolder.CreateIn(runs));
    }

    /// <summary>Returns the cache's name for an object from an offset on; 0: the complete object.</summary>
    public string NameOf(BucketObject found, long from)
    {
        var server = Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL_S3") ?? Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL");
        var identity = string.Create(CultureInfo.InvariantCulture, $"{server}\n{_settings.Target.Bucket}\n{found.Key}\n{found.EntityTag}\n{found.Bytes}\n{from}");
        // Not System.Security.Cryptography: it aborts the process where OpenSSL's library is missing, as in the image.
        return Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(identity)));
    }

    /// <summary>Links a cached file into this run's folder; false if it is not cached.</summary>
    /// <exception cref="IOException">The link can't be created.</exception>
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

    /// <summary>Makes room for a download.</summary>
    /// <exception cref="QueryException">The download and the files used by this run exceed the limit, or the free disk space.</exception>
    public void Reserve(long bytes)
    {
        if (_usedBytes + bytes > _settings.CacheBytes)
        {
            throw new QueryException($"the query needs {ByteSize.Text(_usedBytes + bytes)} of files of {_settings.Target}, and the cache is limited to {ByteSize.Text(_settings.CacheBytes)}:"
                + " query fewer hours or one node (conditions on timestamp, date, hour, node), or raise --cache-bytes");
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
            throw new QueryException($"the query needs {ByteSize.Text(bytes)} more of {_settings.Target}, and the disk of {_settings.Cache} has less free space: use another --cache, or query fewer hours");
        }
    }

    /// <summary>Returns the path of a new file to download into.</summary>
    public string NewFile() => Path.Combine(Folder, $"fetching-{_files++}");

    /// <summary>Adds a complete file to the cache, and links it into this run's folder.</summary>
    /// <param name="name">Its name in the cache.</param>
    /// <param name="fetched">The file; it is moved.</param>
    /// <param name="path">The link to create.</param>
    /// <exception cref="IOException">The file can't be moved or linked.</exception>
    public void Keep(string name, string fetched, string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!, Private);
        HardLink.TryCreate(fetched, path);
        File.Move(fetched, Path.Combine(_objects, name), overwrite: true);
        Count(name, new FileInfo(path).Length);
    }

    /// <summary>Removes a file from the cache, so that it is downloaded again.</summary>
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
            throw new QueryException($"{folder} does not belong to this user alone: use another --cache");
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

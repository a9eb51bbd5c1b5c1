using System.Globalization;
using System.Text;
using NetMon.Native;

namespace NetMon.Storage.Uploads;

/// <summary>
/// Marks a sealed file as uploaded: a small file in archived/ at the same relative path, with the file's size, target, SHA-256 and key.
/// The uploader writes it after verifying the server's copy. When a file is removed, its marker is removed first, so that a marker never
/// outlives its file. Thread-safe.
/// </summary>
public static class UploadMark
{
    private const int LongestMark = 4096;

    /// <summary>Whether the file with this size was uploaded to this target.</summary>
    /// <exception cref="IOException">The marker can't be read.</exception>
    public static bool Is(ContainedFolder capture, string path, long bytes, UploadTarget target) => KeyOf(capture, path, bytes, target) is not null;

    /// <summary>Returns the key under which the file with this size was uploaded to this target; null if it was not.</summary>
    /// <exception cref="IOException">The marker can't be read.</exception>
    public static string? KeyOf(ContainedFolder capture, string path, long bytes, UploadTarget target)
    {
        using var mark = capture.TryOpen(PathOf(path), writable: false);
        if (mark is null)
        {
            return null;
        }

        var text = new byte[LongestMark];
        var length = RandomAccess.Read(mark, text, 0);
        var line = Encoding.UTF8.GetString(text, 0, length);
        return line.EndsWith('\n') && line.StartsWith(Start(bytes, target), StringComparison.Ordinal) ? line[(line.LastIndexOf(' ') + 1)..^1] : null;
    }

    /// <summary>Writes a marker; it is durable when this returns.</summary>
    /// <param name="capture">The capture directory.</param>
    /// <param name="path">The file's path in the capture directory.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="target">The target.</param>
    /// <param name="key">Its key, including the prefix.</param>
    /// <param name="sha256">Its SHA-256, hexadecimal.</param>
    /// <exception cref="IOException">The marker can't be written.</exception>
    public static void Write(ContainedFolder capture, string path, long bytes, UploadTarget target, string key, string sha256)
    {
        var mark = PathOf(path);
        capture.MakeFolder(mark[..mark.LastIndexOf('/')]);
        using var file = capture.Create(mark, mayExist: true);
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes($"{Start(bytes, target)}{sha256} {key}\n"), 0);
        ContainedFolder.SyncData(file);
    }

    /// <summary>Removes a marker if it exists, and its folders if empty.</summary>
    /// <exception cref="IOException">The marker can't be removed.</exception>
    public static void Remove(ContainedFolder capture, string path)
    {
        var mark = PathOf(path);
        capture.Delete(mark);
        for (var slash = mark.LastIndexOf('/'); slash > CapturePaths.Archived.Length; slash = mark.LastIndexOf('/', slash - 1))
        {
            capture.DeleteIfEmpty(mark[..slash]);
        }
    }

    private static string PathOf(string path) => $"{CapturePaths.Archived}/{path}";

    private static string Start(long bytes, UploadTarget target) => string.Create(CultureInfo.InvariantCulture, $"{bytes} {target} ");
}

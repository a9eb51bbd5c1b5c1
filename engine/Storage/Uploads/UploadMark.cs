using System.Globalization;
using System.Text;
using NetMon.Native;

namespace NetMon.Storage.Uploads;

/// <summary>
/// What says that a sealed file is in a bucket: a small file in archived/ by the same path, with the file's size, the
/// target, its SHA-256 and its key. Who uploads writes it when the server's copy is verified; who removes the file removes
/// the mark first, so that a mark never outlives its file. Any thread.
/// </summary>
public static class UploadMark
{
    private const int LongestMark = 4096;

    /// <summary>Whether this file, of this size, was verified in this target.</summary>
    /// <exception cref="IOException">The mark can't be read.</exception>
    public static bool Is(ContainedFolder capture, string path, long bytes, UploadTarget target) => KeyOf(capture, path, bytes, target) is not null;

    /// <summary>By which key this file, of this size, was verified in this target; null if it was not.</summary>
    /// <exception cref="IOException">The mark can't be read.</exception>
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

    /// <summary>Marks; returns when the mark is durable.</summary>
    /// <param name="capture">The capture directory.</param>
    /// <param name="path">The file's path in it.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="target">Where it is.</param>
    /// <param name="key">By which key, the prefix included.</param>
    /// <param name="sha256">Its SHA-256, hexadecimal.</param>
    /// <exception cref="IOException">It can't be written.</exception>
    public static void Write(ContainedFolder capture, string path, long bytes, UploadTarget target, string key, string sha256)
    {
        var mark = PathOf(path);
        capture.MakeFolder(mark[..mark.LastIndexOf('/')]);
        using var file = capture.Create(mark, mayExist: true);
        RandomAccess.SetLength(file, 0);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes($"{Start(bytes, target)}{sha256} {key}\n"), 0);
        ContainedFolder.SyncData(file);
    }

    /// <summary>Removes the mark, if there is one, and its folders when they are empty.</summary>
    /// <exception cref="IOException">It can't.</exception>
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

using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NetMon.Native;
using NetMon.Storage.Hot;

namespace NetMon.Query.Hot;

/// <summary>A file in hot/, held open: it can be read again and again, up to what it held when it was opened, also after it is gone.</summary>
internal sealed class HotFileView : IDisposable
{
    private readonly SafeFileHandle _file;

    private HotFileView(string path, SafeFileHandle file) => (Path, _file, Length) = (path, file, RandomAccess.GetLength(file));

    public string Path { get; }

    /// <summary>Bytes when it was opened.</summary>
    public long Length { get; }

    /// <exception cref="FileNotFoundException">It is gone.</exception>
    /// <exception cref="IOException">It is no regular file, or can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading it is not permitted.</exception>
    public static HotFileView Open(string path) => new(path, RegularFile.Open(path));

    /// <summary>A reader from the start, the caller's to dispose of.</summary>
    public HotSegmentReader Read() => HotSegmentReader.Open(OpenAgain());

    /// <summary>The whole text up to <see cref="Length"/>.</summary>
    public string ReadText()
    {
        using var stream = new FileStream(OpenAgain(), FileAccess.Read);
        var bytes = new byte[Length];
        return System.Text.Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    public void Dispose() => _file.Dispose();

    /// <summary>By proc(5), which reaches a file that has no name any more.</summary>
    private SafeFileHandle OpenAgain() => File.OpenHandle(
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_file.DangerousGetHandle()}"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}

using System.Globalization;
using Microsoft.Win32.SafeHandles;
using NetMon.Native;
using NetMon.Storage.Hot;

namespace NetMon.Query.Hot;

/// <summary>A file in hot/, kept open: it can be read repeatedly, up to its length when opened, even after it was removed.</summary>
internal sealed class HotFileView : IDisposable
{
    private readonly SafeFileHandle _file;

    private HotFileView(string path, SafeFileHandle file) => (Path, _file, Length) = (path, file, RandomAccess.GetLength(file));

    public string Path { get; }

    /// <summary>The length when opened, in bytes.</summary>
    public long Length { get; }

    /// <summary>Opens a file.</summary>
    /// <exception cref="FileNotFoundException">The file does not exist any more.</exception>
    /// <exception cref="IOException">It is not a regular file, or can't be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to the file is denied.</exception>
    public static HotFileView Open(string path) => new(path, RegularFile.Open(path));

    /// <summary>Returns a reader from the start, which the caller must dispose.</summary>
    public HotSegmentReader Read() => HotSegmentReader.Open(OpenAgain());

    /// <summary>Reads the text up to <see cref="Length"/>.</summary>
    public string ReadText()
    {
        using var stream = new FileStream(OpenAgain(), FileAccess.Read);
        var bytes = new byte[Length];
        return System.Text.Encoding.UTF8.GetString(bytes, 0, stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false));
    }

    public void Dispose() => _file.Dispose();

    /// <summary>Opens the file through /proc (proc(5)), which works for removed files.</summary>
    private SafeFileHandle OpenAgain() => File.OpenHandle(
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{_file.DangerousGetHandle()}"), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
}

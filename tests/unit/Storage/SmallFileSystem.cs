using System.Diagnostics;
using System.Globalization;
using Xunit;

namespace NetMon.UnitTests.Storage;

/// <summary>A small tmpfs. Skips the test if mounting is not allowed.</summary>
internal sealed class SmallFileSystem : IDisposable
{
    public SmallFileSystem(string path, int kibibytes)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("a small tmpfs stands for a full disk, and only root may mount it");
        }

        Path = Directory.CreateDirectory(path).FullName;
        var error = Run("mount", "-t", "tmpfs", "-o", Size(kibibytes), "tmpfs", Path);
        if (error.Length > 0)
        {
            Assert.Skip($"a small tmpfs stands for a full disk, and can't be mounted here: {error}");
        }
    }

    public string Path { get; }

    public void Resize(int kibibytes) =>
        Assert.Equal("", Run("mount", "-t", "tmpfs", "-o", "remount," + Size(kibibytes), "tmpfs", Path));

    public void Dispose() => Run("umount", "-l", Path);

    private static string Size(int kibibytes) => string.Create(CultureInfo.InvariantCulture, $"size={kibibytes}k");

    private static string Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? "" : error.Length > 0 ? error : $"{program} exit {process.ExitCode}";
    }
}

using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>A bpffs of a test's own, gone with it.</summary>
internal sealed class BpfMount : IDisposable
{
    private readonly Scratch _scratch = new();

    public BpfMount()
    {
        var mounted = Shell.Run("mount", "-t", "bpf", "bpf", _scratch.Path);
        if (mounted.ExitCode != 0)
        {
            _scratch.Dispose();
            Assert.Skip($"needs to mount a bpffs: {mounted.Error}");
        }
    }

    /// <summary>A folder in it for an agent, which makes it.</summary>
    public string State => _scratch["netmon"];

    /// <summary>The names in that folder, sorted; none where there is no folder.</summary>
    public IReadOnlyList<string> Pins => Directory.Exists(State) ? [.. Directory.GetFileSystemEntries(State).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)] : [];

    public void Dispose()
    {
        Shell.Run("umount", _scratch.Path).MustSucceed();
        _scratch.Dispose();
    }
}

using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>A test's own bpffs, unmounted on disposal.</summary>
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

    /// <summary>A folder in it; the agent creates it.</summary>
    public string State => _scratch["netmon"];

    /// <summary>The names in that folder, sorted; empty if it does not exist.</summary>
    public IReadOnlyList<string> Pins => Directory.Exists(State) ? [.. Directory.GetFileSystemEntries(State).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)] : [];

    public void Dispose()
    {
        Shell.Run("umount", _scratch.Path).MustSucceed();
        _scratch.Dispose();
    }
}

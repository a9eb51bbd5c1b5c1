using Xunit;

namespace NetMon.LiveTests.Support;

/// <summary>
/// A debootstrapped Debian, with systemd as the first process of its own namespaces (tests/package/machine.sh). Disposal stops it.
/// </summary>
internal sealed class Machine : IDisposable
{
    private static readonly string Tool = Path.Combine(Repository.Root, "tests/package/machine.sh");
    private readonly Scratch _run = new();

    private Machine()
    {
    }

    /// <summary>The root that tests/package/setup.sh makes.</summary>
    private static string Store => Environment.GetEnvironmentVariable("NETMON_MACHINE_STORE")
        ?? Path.Combine(Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"), "netmon/package");

    /// <summary>Starts it and waits until systemd is up. Skips the test if the root is missing.</summary>
    public static Machine Start()
    {
        Needs.Tracing();
        Assert.SkipUnless(Directory.Exists(Path.Combine(Store, "root")), "needs a Debian with systemd: tests/package/setup.sh makes it");
        var machine = new Machine();
        Shell.Run(Tool, "start", Store, machine._run.Path).MustSucceed();
        return machine;
    }

    /// <summary>Runs a line of shell in it.</summary>
    public Shell.Result Script(string script) => Shell.Run(Tool, "exec", _run.Path, "sh", "-c", script);

    /// <summary>Copies a file into it.</summary>
    public void Put(string file, string place) => Shell.Script($"'{Tool}' exec '{_run.Path}' sh -c 'cat > {place}' < '{file}'").MustSucceed();

    public void Dispose()
    {
        Shell.Run(Tool, "stop", _run.Path);
        _run.Dispose();
    }
}

namespace NetMon.LiveTests.Support;

/// <summary>
/// The agent and its load on other kernels, in QEMU (tests/kernels). A guest takes one CPU of this machine, so that as many run at
/// once as there are CPUs; all are started with the first that is asked for. Disposed, their results go.
/// </summary>
public sealed class Guests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly Lazy<Dictionary<string, Task<(Shell.Result Boot, string Results)>>> _runs;

    public Guests() => _runs = new(() =>
    {
        var places = new SemaphoreSlim(Environment.ProcessorCount);
        return Versions.ToDictionary(version => version, version => Task.Run(async () =>
        {
            await places.WaitAsync();
            try
            {
                return Run(version);
            }
            finally
            {
                places.Release();
            }
        }));
    });

    /// <summary>NETMON_TEST_KERNELS names others: 6.12, 7.2.</summary>
    public static string[] Versions =>
        (Environment.GetEnvironmentVariable("NETMON_TEST_KERNELS") ?? "5.10 6.1").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>How the guest's run ended, and the folder with what it left.</summary>
    internal Task<(Shell.Result Boot, string Results)> ResultsOf(string version) => _runs.Value[version];

    public void Dispose() => _scratch.Dispose();

    private (Shell.Result Boot, string Results) Run(string version)
    {
        var payload = Directory.CreateDirectory(_scratch[$"payload-{version}"]).FullName;
        File.Copy(Repository.Agent, Path.Combine(payload, "netmon"));
        File.Copy(Repository.Load, Path.Combine(payload, "netload"));
        File.Copy(Path.Combine(Repository.Root, "tests/kernels/payload.sh"), Path.Combine(payload, "run.sh"));
        var results = _scratch[$"results-{version}"];
        return (Shell.Run(Patience.LongLimit, Path.Combine(Repository.Root, "tests/kernels/boot.sh"), version, payload, results, "480"), results);
    }
}

using System.Globalization;

namespace NetMon.LiveTests.Support;

/// <summary>
/// The agent and its load on other kernels, in QEMU (tests/kernels). A guest takes one CPU of this machine, so as many run at once as
/// there are CPUs; the first request starts all of them. Disposal removes their results.
/// </summary>
public sealed class Guests : IDisposable
{
    // NETMON_KERNEL_RESULTS names a folder for the doctor's output in each guest, for tests/kernels/table.sh.
    private const int GuestSeconds = 1500; // alone a guest of x86-64 takes about 100; this only stops one that hangs
    private const int StormSeconds = 600;
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

    /// <summary>NETMON_TEST_KERNELS names others: 6.12, 7.2; the suffix -arm64 selects that architecture.</summary>
    public static string[] Versions =>
        (Environment.GetEnvironmentVariable("NETMON_TEST_KERNELS") ?? "5.10 6.1").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The result of the guest's run, and the folder with its files.</summary>
    internal Task<(Shell.Result Boot, string Results)> ResultsOf(string version) => _runs.Value[version];

    /// <summary>Number of storms of 40,000 connections in each guest: NETMON_GUEST_STORMS.</summary>
    internal static int Storms { get; } = int.Parse(Environment.GetEnvironmentVariable("NETMON_GUEST_STORMS") ?? "0", CultureInfo.InvariantCulture);

    /// <summary>
    /// The hooks that know the owner, to be tried, the default first: on arm64, fexit does not exist before 6.4, which of the kernels here
    /// means before 6.12.
    /// </summary>
    internal static string[] OwnersOf(string version) => version is "5.10-arm64" or "6.1-arm64" ? ["kretprobe", "receive"] : ["fexit", "kretprobe", "receive"];

    public void Dispose() => _scratch.Dispose();

    private (Shell.Result Boot, string Results) Run(string version)
    {
        var payload = Directory.CreateDirectory(_scratch[$"payload-{version}"]).FullName;
        var isArm = version.EndsWith("-arm64", StringComparison.Ordinal);
        File.Copy(isArm ? Repository.AgentOfArm : Repository.Agent, Path.Combine(payload, "netmon"));
        File.Copy(isArm ? Repository.LoadOfArm : Repository.Load, Path.Combine(payload, "netload"));
        File.Copy(isArm ? Repository.ForeignOfArm : Repository.Foreign, Path.Combine(payload, "netforeign"));
        File.Copy(Path.Combine(Repository.Root, "artifacts/bpf/foreign.bpf.o"), Path.Combine(payload, "foreign.bpf.o"));
        File.WriteAllText(Path.Combine(payload, "owners"), string.Join('\n', OwnersOf(version)));
        if (Storms > 0)
        {
            File.WriteAllText(Path.Combine(payload, "storms"), Storms.ToString(CultureInfo.InvariantCulture));
        }

        File.Copy(Path.Combine(Repository.Root, "tests/kernels/payload.sh"), Path.Combine(payload, "run.sh"));
        var results = _scratch[$"results-{version}"];
        var boot = Shell.Run(Patience.LongLimit, Path.Combine(Repository.Root, "tests/kernels/boot.sh"), version, payload, results, $"{GuestSeconds + (Storms * StormSeconds)}");
        if (Environment.GetEnvironmentVariable("NETMON_KERNEL_RESULTS") is { Length: > 0 } kept && File.Exists(Path.Combine(results, "doctor.txt")))
        {
            File.Copy(Path.Combine(results, "doctor.txt"), Path.Combine(Directory.CreateDirectory(Path.Combine(kept, version)).FullName, "doctor.txt"), overwrite: true);
        }

        return (boot, results);
    }
}

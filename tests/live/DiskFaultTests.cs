using System.Globalization;
using NetMon.LiveTests.Support;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// Small real disks that fail under a running agent, each in one way: every event is stored, or counted in the summary, the metrics
/// and loss/, and the agent resumes when the disk works again.
/// </summary>
public sealed class DiskFaultTests(ITestOutputHelper output) : IDisposable
{
    private const string Dropped = "netmon_dropped_events_total{stage=\"parquet\",reason=\"";
    private readonly Scratch _scratch = new();

    [Fact]
    public void A_full_disk_costs_counted_events_that_the_next_run_records()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 64);
        using (var agent = Start(disk.Path, "--keep-free", "0", "--source", "synthetic:rate=2000"))
        {
            WaitUntilStored(agent, 1000);
            disk.Fill(butBytes: 0);
            WaitFor.True(() => Lost(agent) > 3000, "events to be lost");
            var metrics = Stop(agent);
            StoredAccount.AssertComplete(agent, metrics, isLosing: true);
            disk.Empty();
            StoredAccount.Seal(disk.Path);
            StoredAccount.AssertStored(agent.Log, disk.Path);
            StoredAccount.AssertNotedDown(agent.Log, disk.Path);
        }

        using var next = Start(disk.Path, "--keep-free", "0", "--source", "synthetic:count=5000");
        Assert.Equal(0, next.WaitForExit());
        Assert.Equal(5000, LossReport.Number(next.Log, "parquet"));
    }

    [Fact]
    public void Writing_resumes_automatically_after_a_full_disk()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 64);
        using var agent = Start(disk.Path, "--keep-free", "0", "--source", "synthetic:rate=2000");
        WaitUntilStored(agent, 1000);
        disk.Fill(butBytes: 0);
        WaitFor.True(() => Lost(agent) > 3000, "events to be lost");
        disk.Empty();
        EndWell(agent, disk);
    }

    [Fact]
    public void The_floor_removes_the_oldest_hours_and_the_agent_never_stays_below_it()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 128);
        for (var hour = 0; hour < 10; hour++)
        {
            Put(disk.Path, string.Create(CultureInfo.InvariantCulture, $"events/date=2026-01-01/hour={hour:D2}/node-1.parquet"), 4 << 20);
        }

        disk.Fill(butBytes: 30 << 20);
        using var agent = Start(disk.Path, "--keep-free", "32MiB", "--retain-for", "none", "--source", "synthetic:rate=2000");
        WaitUntilStored(agent, 1000);
        var metrics = Stop(agent);
        StoredAccount.AssertComplete(agent, metrics);
        var removed = metrics["""netmon_capture_removed_bytes_total{reason="keep_free"}"""];
        Assert.True(removed is >= 4 << 20 and < 40 << 20, $"{removed} bytes removed");
        Assert.Contains("--keep-free reserves", agent.Log, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(disk.Path, "events/date=2026-01-01/hour=00")));
        Assert.True(Directory.Exists(Path.Combine(disk.Path, "events/date=2026-01-01/hour=09")));
        Directory.Delete(Path.Combine(disk.Path, "events/date=2026-01-01"), recursive: true);
        StoredAccount.AssertStored(agent.Log, disk.Path);
    }

    [Fact]
    [Trait("suite", "faults")]
    public void A_disk_too_small_for_an_hour_keeps_its_newest_part()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 64);
        using var agent = Start(disk.Path, "--keep-free", "16MiB", "--retain-bytes", "none", "--source", "synthetic:rate=60000");
        WaitFor.True(() => Scrape.Of(agent)["""netmon_capture_removed_bytes_total{reason="keep_free"}"""] > 20 << 20, "twenty MiB to be removed");
        var before = Stored(agent);
        WaitFor.True(() => Stored(agent) > before + 100_000, "events to be stored");
        var metrics = Stop(agent);
        StoredAccount.AssertComplete(agent, metrics);
        Assert.Contains("oldest pieces of unfinished hours", agent.Log, StringComparison.Ordinal);
        StoredAccount.Seal(disk.Path);
        Assert.InRange(Duck.Number($"SELECT count(*) FROM {Duck.Events(disk.Path)}"), 100_000, LossReport.Number(agent.Log, "parquet") - 1);
        output.WriteLine(agent.Log);
    }

    [Fact]
    [Trait("suite", "faults")]
    public void An_hour_without_room_for_its_file_is_sealed_into_several()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 96);
        using var agent = Start(disk.Path, "--keep-free", "8MiB", "--source", "synthetic:rate=50000,count=600000");
        WaitUntilStored(agent, 599_000);
        var pieces = Directory.EnumerateFiles(Path.Combine(disk.Path, "hot"), "*.parquet", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        disk.Fill(butBytes: Math.Max(9 << 20, pieces + (5 << 20)));
        Assert.Equal(0, agent.WaitForExit());
        StoredAccount.Seal(disk.Path);
        StoredAccount.AssertStored(agent.Log, disk.Path);
        Assert.Equal(600_000, LossReport.Number(agent.Log, "parquet") + LossReport.Number(agent.Log, "parquet.failed") + LossReport.Number(agent.Log, "parquet.disk_floor"));
    }

    [Fact]
    [Trait("suite", "faults")]
    public void A_read_only_disk_costs_counted_events_until_it_is_writable()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 64);
        using var agent = Start(disk.Path, "--source", "synthetic:rate=2000");
        WaitUntilStored(agent, 1000);
        Assert.SkipUnless(disk.TryBreak(), "this kernel has no trigger_fs_error");
        WaitFor.True(() => Lost(agent) > 3000, "events to be lost");
        Assert.Contains("Read-only file system", agent.Log, StringComparison.Ordinal);
        disk.Mount(); // over the broken one: an agent that saw neither would take everything as removed
        WaitUntilOtherDiskIsSeen(agent);
        EndWell(agent, disk);
    }

    [Fact]
    [Trait("suite", "faults")]
    public void A_removed_device_costs_counted_events_until_it_is_replaced()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 64);
        using var agent = Start(disk.Path, "--source", "synthetic:rate=2000");
        WaitUntilStored(agent, 1000);
        disk.RemoveDevice();
        WaitFor.True(() => Lost(agent) > 3000, "events to be lost");
        disk.Replace();
        WaitUntilOtherDiskIsSeen(agent);
        EndWell(agent, disk);
    }

    [Fact]
    [Trait("suite", "faults")]
    public void An_unmounted_disk_costs_its_contents_and_the_agent_writes_to_the_folder_below()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 64);
        using var agent = Start(disk.Path, "--source", "synthetic:rate=2000");
        WaitUntilStored(agent, 1000);
        disk.Unmount();
        WaitUntilOtherDiskIsSeen(agent);
        EndWell(agent, disk);
    }

    [Fact]
    [Trait("suite", "faults")]
    public void Removed_permissions_cost_counted_events_until_they_are_restored()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 64);
        Shell.Run("chown", "65534:65534", disk.Path).MustSucceed();
        Shell.Run("chmod", "755", _scratch.Path).MustSucceed();
        using var agent = AgentProcess.Start(
            "setpriv",
            ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all", Repository.Agent, "run", "--node", "node-1", "--json", "/dev/null", "--metrics", "127.0.0.1:0", "--keep-free", "0", "--capture", disk.Path, "--source", "synthetic:rate=2000"],
            readStdout: false);
        WaitUntilStored(agent, 1000);
        Shell.Script($"chown root:root {disk.Path}; chmod 000 {disk.Path}").MustSucceed();
        WaitFor.True(() => Lost(agent) > 3000, "events to be lost");
        Shell.Script($"chown 65534:65534 {disk.Path}; chmod 750 {disk.Path}").MustSucceed();
        EndWell(agent, disk);
    }

    [Fact]
    [Trait("suite", "faults")]
    public void A_disk_without_inodes_costs_counted_events_until_some_are_free()
    {
        using var disk = new SmallDisk(_scratch, mebibytes: 512, options: "-N 256");
        using var agent = Start(disk.Path, "--keep-free", "0", "--source", "synthetic:rate=60000");
        WaitUntilStored(agent, 1000);
        disk.TakeInodes();
        WaitFor.True(() => Lost(agent) > 10_000, "events to be lost");
        disk.ReturnInodes();
        EndWell(agent, disk);
    }

    public void Dispose() => _scratch.Dispose();

    private static AgentProcess Start(string capture, params string[] options) =>
        AgentProcess.Start(["--node", "node-1", "--json", "/dev/null", "--metrics", "127.0.0.1:0", "--capture", capture, .. options]);

    private static double Stored(AgentProcess agent) => Scrape.Of(agent)["""netmon_sink_delivered_events_total{sink="parquet"}"""];

    private static double Lost(AgentProcess agent) => Scrape.Of(agent) is var metrics ? metrics[Dropped + "failed\"}"] + metrics[Dropped + "disk_floor\"}"] : 0;

    private static void WaitUntilStored(AgentProcess agent, long events) => WaitFor.True(() => Stored(agent) >= events, "events to be stored");

    /// <summary>The loss on the previous disk is counted when its hour is checked, some time later.</summary>
    private static void WaitUntilOtherDiskIsSeen(AgentProcess agent)
    {
        WaitFor.True(() => agent.Log.Contains("is now another directory", StringComparison.Ordinal), "the agent to see it");
        WaitFor.True(() => Scrape.Of(agent)[Dropped + "removed\"}"] > 0, "what was on it to be counted");
    }

    /// <summary>Waits until the agent stores events again; its summary, files and losses must agree.</summary>
    private void EndWell(AgentProcess agent, SmallDisk disk)
    {
        var before = Stored(agent);
        WaitUntilStored(agent, (long)before + 4000);
        var metrics = Stop(agent);
        StoredAccount.AssertComplete(agent, metrics);
        StoredAccount.Seal(disk.Path);
        StoredAccount.AssertNotedDown(agent.Log, disk.Path);
        StoredAccount.AssertStored(agent.Log, disk.Path);
        output.WriteLine(agent.Log);
    }

    /// <summary>Stops it; returns the metrics from just before that.</summary>
    private static Scrape Stop(AgentProcess agent)
    {
        var metrics = Scrape.Of(agent);
        agent.Stop();
        return metrics;
    }

    private static void Put(string capture, string path, int bytes)
    {
        path = Path.Combine(capture, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, new byte[bytes]);
    }
}

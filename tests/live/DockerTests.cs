using System.Globalization;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The container of each event, with Docker outside Kubernetes: no pod, and Docker's name.</summary>
[Trait("suite", "runtimes")]
public sealed class DockerTests(ITestOutputHelper output) : IDisposable
{
    private const int Port = 18090;
    private const int ShortLived = 50;
    private static readonly string PortText = Port.ToString(CultureInfo.InvariantCulture);

    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData(CgroupLayout.Machine)]
    [InlineData(CgroupLayout.V2)]
    public void Each_end_of_a_connection_names_its_container(CgroupLayout layout)
    {
        using var dockerd = Dockerd.Start(layout);
        var server = Named(dockerd.Serve("server", "host", Port), "server");
        using var agent = Start(dockerd);
        var caller = Named(dockerd.Create("caller", "host", "netload", "connect", "127.0.0.1", PortText, "--count", "20"), "caller");
        var alone = Named(dockerd.Create("alone", "none", "netload", "run", "--connections", "30", "--payload", "0", "--reply", "0"), "alone");
        dockerd.Docker("start", "caller", "alone");
        dockerd.Docker("wait", "caller", "alone");
        dockerd.Node.Run(Repository.Load, "connect", "127.0.0.1", PortText, "--count", "10").MustSucceed();
        SocketTable.WaitUntilClosed(dockerd.Node.KeeperId);
        agent.Stop();

        var events = SeenEvent.Read(_scratch["events.json"]).ToList();
        Tally.AssertEqual(
            [
                ("CONNECT", caller, 20), ("CLOSE", caller, 20), ("CONNECT", null, 10), ("CLOSE", null, 10),
                ("ACCEPT", server, 30), ("CLOSE", server, 30),
            ],
            Calls(dockerd, events));
        Tally.AssertEqual([("CONNECT", alone, 30), ("ACCEPT", alone, 30), ("CLOSE", alone, 60)], events.Where(e => e.Container?.Id == alone.Id));
    }

    [Fact]
    public void Fifty_containers_that_connect_once_and_exit_at_once_all_have_their_id()
    {
        using var dockerd = Dockerd.Start();
        dockerd.Serve("server", "host", Port);
        var containers = Enumerable.Range(0, ShortLived)
            .Select(n => Named(dockerd.Create($"once-{n}", "host", "netload", "connect", "127.0.0.1", PortText), $"once-{n}")).ToDictionary(c => c.Id);
        using var agent = Start(dockerd);
        foreach (var container in containers.Values)
        {
            dockerd.Docker("start", container.Id);
        }

        dockerd.Docker(["wait", .. containers.Keys]);
        SocketTable.WaitUntilClosed(dockerd.Node.KeeperId);
        agent.Stop();

        var connects = Calls(dockerd, SeenEvent.Read(_scratch["events.json"])).Where(e => e.Type == "CONNECT").ToList();
        var ids = connects.Select(e => e.Container?.Id).Distinct().Count(id => id is not null && containers.ContainsKey(id));
        var named = connects.Count(e => e.Container is { } c && containers.GetValueOrDefault(c.Id) == c);
        Say($"short-lived Docker containers: {ids} of {ShortLived} with their id, {named} with their names");
        Say(LossReport.Names(agent.Log));
        Assert.Equal(ShortLived, connects.Count);
        Assert.Equal(ShortLived, ids);
        Assert.True(named >= ShortLived * 95 / 100, $"only {named} have their names:\n{agent.Log}");
    }

    [Fact]
    public void A_renamed_container_gets_its_new_name()
    {
        using var dockerd = Dockerd.Start();
        var id = dockerd.Serve("before", "host", Port);
        using var agent = Start(dockerd);
        dockerd.Node.Run(Repository.Load, "connect", "127.0.0.1", PortText).MustSucceed();
        WaitFor.True(() => Calls(dockerd, SeenEvent.ReadSoFar(_scratch["events.json"])).Any(e => e.Container == Named(id, "before")), "the old name");
        dockerd.Docker("rename", "before", "after");
        WaitFor.True(
            () =>
            {
                dockerd.Node.Run(Repository.Load, "connect", "127.0.0.1", PortText).MustSucceed();
                return Calls(dockerd, SeenEvent.ReadSoFar(_scratch["events.json"])).Any(e => e.Container == Named(id, "after"));
            },
            "the new name");
        agent.Stop();
    }

    /// <summary>With live-restore, containers outlive the daemon; without it, they end at its next start.</summary>
    [Theory]
    [InlineData("--live-restore")]
    [InlineData]
    public void After_a_restart_of_dockerd_no_event_is_lost_and_new_containers_have_names(params string[] options)
    {
        using var dockerd = Dockerd.Start(CgroupLayout.Machine, options);
        using var agent = Start(dockerd);
        var steady = Named(
            dockerd.RunWithHostPids("steady", "host", "netload", "run", "--rate", "400", "--connections", "3200", "--log", "/shared/truth.tsv"), "steady");
        WaitFor.True(() => Count(e => e.Container?.Id == steady.Id) > 1000, "the load");
        dockerd.Kill9();
        var before = Count(_ => true);
        WaitFor.True(() => Count(_ => true) > before + 1000, "the load to go on without dockerd");
        dockerd.Restart();
        WaitFor.True(() => agent.Log.Contains(": back: ", StringComparison.Ordinal), "the agent to reach it again");
        var survives = dockerd.Inspect("steady", "{{.State.Running}}") == "true";
        Say($"dockerd {dockerd.Version} started again with [{string.Join(' ', options)}]: the container {(survives ? "lives on" : "was ended")}");
        Assert.Equal(options.Length > 0, survives);
        dockerd.Docker("wait", "steady");
        var server = Named(dockerd.Serve("server", "host", Port), "server");
        dockerd.Node.Run(Repository.Load, "connect", "127.0.0.1", PortText, "--count", "20").MustSucceed();
        WaitFor.True(() => Count(e => e.DestinationPort == Port && e.Type == "CLOSE") == 40, "the calls after the restart");
        SocketTable.WaitUntilClosed(dockerd.Node.KeeperId);
        agent.Stop();

        var events = SeenEvent.Read(_scratch["events.json"]).ToList();
        if (survives)
        {
            Comparison.Of(TruthLog.Read(Path.Combine(dockerd.Node.Shared, "truth.tsv")), events).AssertExact();
        }

        Assert.Contains("nothing lost", agent.Log, StringComparison.Ordinal);
        Tally.AssertOnly(steady, events.Where(e => e.NetworkNamespace == dockerd.Node.NetworkNamespace && e.DestinationPort != Port));
        Tally.AssertEqual([("CONNECT", null, 20), ("CLOSE", null, 20), ("ACCEPT", server, 20), ("CLOSE", server, 20)], Calls(dockerd, events));
    }

    [Fact]
    public void Doctor_reports_the_version_and_the_number_of_containers()
    {
        using var dockerd = Dockerd.Start();
        dockerd.Serve("server", "host", Port);
        var doctor = dockerd.Node.Doctor("--runtime-endpoint", dockerd.Endpoint);
        Assert.True(doctor.ExitCode == 0, doctor.Output + doctor.Error);
        var line = Assert.Single(doctor.Output.Split('\n'), l => l.Contains(dockerd.Socket, StringComparison.Ordinal));
        output.WriteLine(line);
        Assert.Contains(dockerd.Version.Split('+')[0], line, StringComparison.Ordinal);
        Assert.Matches(@"\b1 container", line);
    }

    public void Dispose() => _scratch.Dispose();

    private static SeenContainer Named(string id, string name) => new(id[..12], "", "", name);

    private static IEnumerable<SeenEvent> Calls(Dockerd dockerd, IEnumerable<SeenEvent> events) =>
        events.Where(e => e.DestinationPort == Port && e.NetworkNamespace == dockerd.Node.NetworkNamespace);

    private AgentProcess Start(Dockerd dockerd) =>
        dockerd.Node.StartAgent(false, "--json", _scratch["events.json"], "--runtime-endpoint", dockerd.Endpoint);

    private int Count(Func<SeenEvent, bool> which) => SeenEvent.ReadSoFar(_scratch["events.json"]).Count(which);

    private void Say(string figures)
    {
        output.WriteLine(figures);
        TestContext.Current.SendDiagnosticMessage(figures);
    }
}

using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>The built image under containerd, in the pod that the DaemonSet specifies.</summary>
[Trait("suite", "image")]
public sealed class ImagePodTests(ITestOutputHelper output) : IDisposable
{
    private const int Port = 18081;
    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("bare-metal")]
    [InlineData("non-root")]
    public void The_pod_of_the_manifest_traces_names_both_ends_answers_questions_and_drains(string overlay)
    {
        using var containerd = AgentPod.StartRuntime();
        var web = containerd.RunPod("shop/web-0", PodNetwork.Pod);
        var server = web.Serve("server", Port);
        var agent = AgentPod.Start(containerd, overlay);
        agent.WaitUntilReady(containerd);

        var started = agent.Said.Single(line => line.Contains(" info agent: ready: ", StringComparison.Ordinal));
        output.WriteLine($"{overlay}: {started}");

        var client = containerd.RunPod("billing/batch-7f", PodNetwork.Pod);
        var caller = client.Start("caller", server.Call(30));
        client.WaitForEnd(caller);
        SocketTable.WaitUntilClosed(server.Pid);
        WaitFor.True(() => agent.Events.Count(server.IsCalledBy) >= 120, "the events in the runtime's log");
        Tally.AssertEqual(
            [
                ("CONNECT", caller.Expected, 30), ("CLOSE", caller.Expected, 30),
                ("ACCEPT", server.Container.Expected, 30), ("CLOSE", server.Container.Expected, 30),
            ],
            agent.Events.Where(server.IsCalledBy));
        var scrape = agent.Ask(containerd, "/metrics");
        Assert.Contains("netmon_runtime_connected{runtime=\"cri:///run/containerd/containerd.sock\"} 1", scrape, StringComparison.Ordinal);
        Assert.Contains("netmon_dropped_events_total{stage=\"source\",reason=\"ring_full\"} 0", scrape, StringComparison.Ordinal);
        // The probes' own connections are events too, and distinguishable.
        WaitFor.True(() => agent.Events.Any(e => e.Type == "ACCEPT" && e.DestinationPort == 9464 && e.Container == agent.Container.Expected), "the agent's own traffic, named");

        // As kubectl exec: the doctor next to the agent, with the pod's privileges.
        var doctor = Shell.Run("ctr", "-a", containerd.Socket, "-n", "k8s.io", "tasks", "exec", "--fifo-dir", Path.Combine(containerd.Node.Folder, "fifo"), "--exec-id", "doctor", agent.Container.Id, "/netmon", "doctor");
        Assert.True(doctor.ExitCode == 0, doctor.Output + doctor.Error);

        // As kubectl exec in the query container: a question to the running agent, and rows that leave the node as a file.
        var query = agent.StartQuery(containerd, _scratch["spill"]);
        string[] asked = ["/netmon", "query", "--format", "csv", $"SELECT count(*) AS n FROM events WHERE dst_port = {Port} AND dst_ip = '{server.Address}'"];
        WaitFor.True(() => query.Exec(asked).MustSucceed().Output == "n\n120\n", "the events in an answer");
        var picture = query.Exec("/netmon", "query").MustSucceed();
        Assert.Contains("who transfers most", picture.Output, StringComparison.Ordinal);
        string[] called = ["--to", $"{server.Address}:{Port}"];
        query.ExecTo(_scratch["export.parquet"], ["/netmon", "export", .. called]).MustSucceed();
        Assert.Equal(120, Duck.Number($"SELECT count(*) FROM read_parquet('{_scratch["export.parquet"]}') WHERE dst_port = {Port} AND dst_ip = '{server.Address}'"));
        var observed = query.Exec(["/netmon", "observe", "--last", "1000", "-o", "json", .. called]).MustSucceed().Output;
        Assert.Equal(120, observed.Count(c => c == '\n'));
        Assert.Contains("workloads", query.Exec("/netmon", "top", "--once").MustSucceed().Output, StringComparison.OrdinalIgnoreCase);
        query.ExecTo(_scratch["report.html"], "/netmon", "report", "--since", "1h").MustSucceed();
        Assert.Contains("</html>", File.ReadAllText(_scratch["report.html"]), StringComparison.Ordinal);
        // It has no netmon-archive and no OpenSSL: a bucket is refused by a line, not by an abort.
        var bucket = query.Exec("/netmon", "query", "--capture", "s3://bucket/prefix", "SELECT 1");
        Assert.Equal(1, bucket.ExitCode);
        Assert.Contains("netmon-archive, which reads buckets, can't be started", bucket.Output + bucket.Error, StringComparison.Ordinal);
        output.WriteLine($"{overlay}: the container query, waiting: {query.ResidentBytes(agent.Pod)} bytes");
        // The agent's own container has no DuckDB: it says which container to use.
        var refused = Shell.Run("ctr", "-a", containerd.Socket, "-n", "k8s.io", "tasks", "exec", "--fifo-dir", Path.Combine(containerd.Node.Folder, "fifo"), "--exec-id", "ask", agent.Container.Id, "/netmon", "query");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("--container query", refused.Output + refused.Error, StringComparison.Ordinal);

        agent.Pod.Stop(agent.Container, 60);
        Assert.Equal(0, agent.Pod.WaitForEnd(agent.Container).ExitCode);
        Assert.Contains(agent.Said, line => line.Contains(" info agent: stopped: ", StringComparison.Ordinal) && line.Contains("nothing lost", StringComparison.Ordinal));
        Assert.Equal(120, Duck.Number($"SELECT count(*) FROM {Duck.Events(containerd.Node.Shared)} WHERE dst_port = {Port} AND dst_ip = '{server.Address}'"));
    }

    [Theory]
    [InlineData("bare-metal", "BPF")]
    [InlineData("bare-metal", "PERFMON")]
    [InlineData("bare-metal", "NET_ADMIN")]
    [InlineData("non-root", "BPF")]
    [InlineData("non-root", "PERFMON")]
    [InlineData("non-root", "NET_ADMIN")]
    public void Without_one_of_its_capabilities_it_exits_with_3_and_names_it(string overlay, string capability)
    {
        using var containerd = AgentPod.StartRuntime();
        var agent = AgentPod.Start(containerd, overlay, container => container.Linux.SecurityContext.Capabilities.AddCapabilities.Remove(capability));
        Assert.Equal(3, agent.Pod.WaitForEnd(agent.Container).ExitCode);
        Assert.Contains(agent.Said, line => line.Contains($"CAP_{capability} missing", StringComparison.Ordinal));
    }

    [Fact]
    public void The_image_has_only_the_binary_and_its_C_library_and_is_read_only()
    {
        Needs.Program("jq");
        Assert.SkipUnless(File.Exists(AgentPod.Archive), "needs the image: make test-image builds it");
        Shell.Run("tar", "-xf", AgentPod.Archive, "-C", _scratch.Path).MustSucceed();
        var layers = Directory.GetFiles(_scratch.Path, "*.tar", SearchOption.TopDirectoryOnly);
        var entries = layers.SelectMany(layer => Shell.Run("tar", "--numeric-owner", "-tvf", layer).MustSucceed().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        entries.ForEach(output.WriteLine);
        Assert.All(entries, entry => Assert.DoesNotContain('w', entry[..10]));
        Assert.All(entries, entry => Assert.Contains(" 0/0 ", entry, StringComparison.Ordinal));
        var files = entries.Where(entry => entry[0] != 'd').Select(entry => entry.Split(' ')[^1]).ToList();
        Assert.All(files, file => Assert.Matches("^(netmon|LICENSE|etc/(passwd|group)|lib(64)?/.*/?(libc|libm|ld-linux[a-z0-9-]*)\\.so\\.[0-9])$", file));
        var bytes = layers.Sum(layer => new FileInfo(layer).Length);
        output.WriteLine($"{bytes} bytes unpacked");
        Assert.InRange(bytes, 1, 40_000_000);
        var version = Shell.Script($"cd {_scratch.Path} && jq -r '.config.Labels[\"org.opencontainers.image.version\"]' \"$(jq -r '.[0].Config' manifest.json)\"").MustSucceed().Output;
        Assert.Equal(Shell.Run(Path.Combine(Repository.Root, "ops/version.sh")).MustSucceed().Output, version);
    }

    public void Dispose() => _scratch.Dispose();
}

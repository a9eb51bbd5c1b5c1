using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using NetMon.Enrichment.Runtimes.Cri.Wire;
using NetMon.LiveTests.Support;
using NetMon.LiveTests.Support.Containers;
using Xunit;

namespace NetMon.LiveTests;

/// <summary>
/// A container runtime on a real socket that floods, drips or breaks its protocol: events continue, memory is bounded, and
/// names arrive once the runtime behaves again.
/// </summary>
[Trait("suite", "offline")]
public sealed class HostileRuntimeTests(ITestOutputHelper output) : IDisposable
{
    private const int Containers = 50;

    /// <summary>MiB that a hostile runtime may cost; the worst is an answer of 16 MiB again and again.</summary>
    private const long MostMebibytes = 96;

    /// <summary>Lines that must arrive while the runtime misbehaves; each second brings 2,000.</summary>
    private const int Lines = 6000;

    private static readonly Lazy<long> Usual = new(() =>
    {
        using var agent = Start("none");
        var printed = new Printed(agent);
        WaitFor.True(() => printed.Lines >= Lines, "lines");
        return PeakKibibytes(agent.Id);
    });

    private readonly Scratch _scratch = new();

    private string Socket => _scratch["runtime.sock"];

    public static TheoryData<string> CriCases => [.. Cri.Keys];

    public static TheoryData<string> Http2Cases => [.. Http2.Keys];

    public static TheoryData<string> DockerCases => [.. Docker.Keys];

    private static Dictionary<string, (Func<HttpContext, Task> List, Func<HttpContext, Task>? Events)> Cri { get; } = new()
    {
        ["150,000 containers"] = (With(() => Repeated(150_000, n => Container($"{n:x64}", ""), 1)), null),
        ["millions of containers"] = (With(() => Repeated(int.MaxValue, _ => Container("a", ""), 1)), null),
        ["duplicates with labels of a megabyte"] = (With(() => Repeated(int.MaxValue, _ => Container("a", new string('x', 1_000_000)), 1)), null),
        ["events without end"] = (Nothing, context => FakeRuntime.FloodAsync(context, n => Created($"{n:x64}", "flood", 0))),
        ["events of a megabyte"] = (Nothing, context => FakeRuntime.FloodAsync(context, n => Created($"{n:x64}", new string('x', 1_000_000), 0))),
        ["events of nothing"] = (Nothing, context => FakeRuntime.FloodAsync(context, n => Created($"{n:x64}", "gone", 3))),
        ["a compressed answer"] = (context => FakeRuntime.SendMessageAsync(context, Zipped(new byte[256 << 20]), isCompressed: true), null),
        ["a slow drip"] = (FakeRuntime.DripAsync, FakeRuntime.DripAsync),
        ["no answer"] = (FakeRuntime.Never, FakeRuntime.Never),
    };

    private static Dictionary<string, Func<Socket, CancellationToken, Task>> Http2 { get; } = new()
    {
        ["headers without end"] = FakeHttp2.EndlessHeadersAsync,
        ["pings, never reading"] = FakeHttp2.PingsUnreadAsync,
        ["settings, never reading"] = FakeHttp2.SettingsUnreadAsync,
        ["no window"] = FakeHttp2.NoWindowAsync,
    };

    private static Dictionary<string, Func<string, Task<IAsyncDisposable>>> Docker { get; } = new()
    {
        ["a list without end"] = async path => await FakeRuntime.DockerAsync(path, context => FakeRuntime.FloodTextAsync(context, "[", n => $$"""{"Id":"{{n:x64}}","Names":["/n"]},""")),
        ["a list of millions"] = async path => await FakeRuntime.DockerAsync(path, context => FakeRuntime.SendTextAsync(context, "[" + string.Concat(Enumerable.Repeat("""{"Id":"a"},""", 1_500_000)) + "null]")),
        ["events without end"] = async path => await FakeRuntime.DockerAsync(path, NoContainers, context => FakeRuntime.FloodTextAsync(context, "", n => $$"""{"Type":"container","Action":"create","Actor":{"ID":"{{n:x64}}","Attributes":{"name":"n"} } }""" + "\n")),
        ["events of nothing"] = async path => await FakeRuntime.DockerAsync(path, NoContainers, context => FakeRuntime.FloodTextAsync(context, "", _ => """{"Type":"image","Action":"pull"}""" + "\n")),
        ["a line without end"] = async path => await FakeRuntime.DockerAsync(path, NoContainers, context => FakeRuntime.FloodTextAsync(context, "", _ => "xxxxxxxxxx")),
        ["headers without end"] = path => Sends(path, "HTTP/1.1 200 OK\r\n", n => $"x-{n}: {new string('v', 1000)}\r\n"),
        ["a chunk's head without end"] = path => Sends(path, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", _ => new string('x', 1000)),
        ["trailers without end"] = path => Sends(path, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", n => $"x-{n}: {new string('v', 1000)}\r\n"),
        ["go on, without end"] = path => Sends(path, "", _ => "HTTP/1.1 100 Continue\r\n\r\n"),
    };

    [Theory]
    [MemberData(nameof(CriCases))]
    public async Task A_hostile_container_runtime_interface_costs_only_names_and_limited_memory(string what)
    {
        var (list, events) = Cri[what];
        var runtime = await FakeRuntime.CriAsync(Socket, list, events);
        await AssertBoundedAsync($"CRI, {what}", "cri", runtime, () => runtime.Requests > 1);
    }

    [Theory]
    [MemberData(nameof(Http2Cases))]
    public Task Broken_HTTP2_costs_only_names_and_limited_memory(string what)
    {
        var runtime = BrokenRuntime.Of(Socket, Http2[what]);
        return AssertBoundedAsync($"HTTP/2, {what}", "cri", new Ended(runtime), () => runtime.Connections > 0);
    }

    [Theory]
    [MemberData(nameof(DockerCases))]
    public async Task A_hostile_docker_costs_only_names_and_limited_memory(string what) =>
        await AssertBoundedAsync($"Docker, {what}", "docker", await Docker[what](Socket), () => true);

    public void Dispose() => _scratch.Dispose();

    /// <summary>Returns the events during the attack, the peak memory cost, and the names after it.</summary>
    private async Task AssertBoundedAsync(string what, string scheme, IAsyncDisposable hostile, Func<bool> wasAsked)
    {
        using var agent = Start($"{scheme}://{Socket}");
        var printed = new Printed(agent);
        await using (hostile)
        {
            WaitFor.True(() => printed.Lines >= Lines, "lines while the runtime is hostile");
            WaitFor.True(wasAsked, "the agent to ask the runtime");
        }

        var peak = PeakKibibytes(agent.Id);
        File.Delete(Socket);
        await using var sane = scheme == "cri"
            ? (IAsyncDisposable)await SyntheticRuntime.StartAsync(Socket, Containers, 0, tellsEvents: true)
            : await FakeRuntime.DockerAsync(Socket, context => FakeRuntime.SendTextAsync(context, "[" + string.Join(',', Enumerable.Range(0, Containers).Select(SaneContainer)) + "]"));
        WaitFor.True(() => printed.HasNames, "names");
        agent.Signal("TERM");
        Assert.Equal(0, agent.WaitForExit());

        var cost = (peak - Usual.Value) / 1024;
        var said = $"{what}: {cost} MiB above the {Usual.Value / 1024} MiB without a runtime; {LossReport.Names(agent.Log)}";
        output.WriteLine(said);
        TestContext.Current.SendDiagnosticMessage(said);
        Assert.Contains("nothing lost", agent.Log, StringComparison.Ordinal);
        Assert.True(cost <= MostMebibytes, said);
    }

    private static AgentProcess Start(string endpoint) => AgentProcess.Start(
        Repository.Agent, ["run", "--source", $"synthetic:rate=2000,containers={Containers}", "--runtime-endpoint", endpoint], readStdout: true);

    private static long PeakKibibytes(int process) =>
        long.Parse(File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);

    private static Func<HttpContext, Task> With(Func<byte[]> message)
    {
        var made = new Lazy<byte[]>(message);
        return context => FakeRuntime.SendMessageAsync(context, made.Value);
    }

    private static Task Nothing(HttpContext context) => FakeRuntime.SendMessageAsync(context, []);

    private static Task NoContainers(HttpContext context) => FakeRuntime.SendTextAsync(context, "[]");

    /// <summary>A message with this many elements in a field, or as many as fit into the largest accepted message.</summary>
    private static byte[] Repeated(int count, Func<int, byte[]> part, int field)
    {
        const int Largest = 16 << 20;
        using var message = new MemoryStream();
        using var writer = new CodedOutputStream(message, leaveOpen: true);
        for (var n = 0; n < count; n++)
        {
            var bytes = ByteString.CopyFrom(part(n));
            if (writer.Position + bytes.Length + 8 > Largest)
            {
                break;
            }

            writer.WriteTag(field, WireFormat.WireType.LengthDelimited);
            writer.WriteBytes(bytes);
        }

        writer.Flush();
        return message.ToArray();
    }

    private static byte[] Container(string id, string label) =>
        (label.Length == 0 ? new Container { Id = id } : new Container { Id = id, Labels = { ["io.kubernetes.pod.name"] = label } }).ToByteArray();

    private static byte[] Created(string id, string name, int type) => new ContainerEventResponse
    {
        ContainerId = id,
        ContainerEventType = (ContainerEventType)type,
        ContainersStatuses = { new ContainerStatus { Id = id, Metadata = new ContainerMetadata { Name = name } } },
    }.ToByteArray();

    private static byte[] Zipped(byte[] bytes)
    {
        using var zipped = new MemoryStream();
        using (var zip = new GZipStream(zipped, CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(bytes);
        }

        return zipped.ToArray();
    }

    private static string SaneContainer(int n) => $$"""{"Id":"{{string.Concat(Enumerable.Repeat($"{n:x8}", 8))}}","Names":["/main-{{n}}"],"Image":"load:1"}""";

    private static Task<IAsyncDisposable> Sends(string path, string first, Func<int, string> next) => Task.FromResult<IAsyncDisposable>(new Ended(BrokenRuntime.Of(path, async (socket, stop) =>
    {
        await socket.SendAsync(Encoding.ASCII.GetBytes(first), stop);
        for (var n = 0; ; n += 100)
        {
            await socket.SendAsync(Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(n, 100).Select(next))), stop);
        }
    })));

    private sealed class Ended(BrokenRuntime runtime) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            runtime.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    /// <summary>Reads what an agent prints as soon as it comes, so that the agent never waits for the test.</summary>
    private sealed class Printed
    {
        private volatile int _lines;
        private volatile bool _hasNames;

        public Printed(AgentProcess agent) => new Thread(() => Read(agent.StandardOutput)) { IsBackground = true }.Start();

        public int Lines => _lines;

        public bool HasNames => _hasNames;

        private void Read(StreamReader output)
        {
            while (output.ReadLine() is { } line)
            {
                _lines++;
                _hasNames |= line.Contains("\"container_name\":\"main-", StringComparison.Ordinal);
            }
        }
    }
}

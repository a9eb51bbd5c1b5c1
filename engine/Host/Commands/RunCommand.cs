using System.CommandLine;
using System.Globalization;
using System.Numerics;
using NetMon.Enrichment.Workloads;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Host.Metrics;
using NetMon.Native;
using NetMon.Pipeline.Json;
using NetMon.Sources;
using NetMon.Sources.Kernel;
using NetMon.Sources.Kernel.Cgroups;
using NetMon.Sources.Kernel.State;
using NetMon.Storage;

namespace NetMon.Host.Commands;

/// <summary><c>netmon run</c>: the command line and the exit codes.</summary>
internal static class RunCommand
{
    private const int SmallestRingMemory = RingLayout.SmallestRingBytes;
    private const int LargestRingMemory = 1024 * 1024 * 1024;
    private static readonly TimeSpan LongestDuration = TimeSpan.FromDays(49); // maximum of a timer

    private static readonly Option<string?> Node = EnvironmentOption.Create("--node", "NAME", "the node's name; falls back to NODE_NAME, then to the host's name");
    private static readonly Option<string?> Json = EnvironmentOption.Create("--json", "-|PATH|none", "where the JSON lines go: stdout, a file to append to, or nowhere", "-");
    private static readonly Option<string?> JsonFormatOption = EnvironmentOption.Create("--json-format", "FORMAT", "names of the lines' keys: netmon, ecs (Elastic Common Schema) or otel (OpenTelemetry)", "netmon");
    private static readonly Option<string?> Capture = EnvironmentOption.Create("--capture", "DIR", "keep the events as hourly Parquet files in this directory; one agent a directory");
    private static readonly Option<string?> DurableWithin = EnvironmentOption.Create("--durable-within", "TIME", "how old an event gets before it survives a power cut, 100ms to 1h", "1s");
    private static readonly Option<string?> RetainFor = EnvironmentOption.Create("--retain-for", "TIME|none", "remove hours that are older", "7d");
    private static readonly Option<string?> RetainRollups = EnvironmentOption.Create("--retain-rollups", "TIME|none", "remove hourly roll-ups that are older: what was moved and what failed, by process, container, peer and port, long after the events are gone", "400d");
    private static readonly Option<string?> RetainBytes = EnvironmentOption.Create("--retain-bytes", "SIZE|none", "remove the oldest hours when the capture has more bytes, and if the current one alone has more, its oldest pieces", "10GiB");
    private static readonly Option<string?> KeepFree = EnvironmentOption.Create("--keep-free", "PERCENT%|SIZE", "remove the oldest hours when the disk has less free, and pause storage meanwhile; without it the lesser of 1GiB and 5%, in a pod 20%");
    private static readonly Option<string?> Archive = EnvironmentOption.Create("--archive", "s3://BUCKET[/PREFIX]", "upload sealed files there, and remove only what is there; endpoint, region and credentials by AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, ... or a role");
    private static readonly Option<string?> ArchiveBandwidth = EnvironmentOption.Create("--archive-bandwidth", "SIZE", "the most bytes to upload per second", "8MiB");
    private static readonly Option<string?> Duration = EnvironmentOption.Create("--duration", "TIME", "stop after so long: 500ms, 30s, 5m, 2h");
    private static readonly Option<string?> Source = EnvironmentOption.Create("--source", "SOURCE", "kernel, replay:FILE or synthetic[:rate=N,count=N,seed=N,rings=N,containers=N,churn=N,ahead=N,speed=N,flow=N,node=N]", "kernel");
    private static readonly Option<string?> Record = EnvironmentOption.Create("--record", "FILE", "record the raw stream, to replay it with --source replay:FILE");
    private static readonly Option<string?> SpineOption = EnvironmentOption.Create("--spine", "HOOK", "the hook for TCP states: auto, sockops or tracepoint", "auto");
    private static readonly Option<string?> AcceptOwnerOption = EnvironmentOption.Create("--accept-owner", "HOOK", "the hook that says who accepted: auto, fexit, kretprobe, receive, syscall or listener", "auto");
    private static readonly Option<string?> Sockets = EnvironmentOption.Create("--sockets", "NUMBER", "how many open sockets are remembered at once, 1024 to 16777216, rounded up to a power of two; 128 bytes of kernel memory each. Sockets beyond have no events and are counted", "131072");
    private static readonly Option<string?> FlowEvery = EnvironmentOption.Create("--flow-every", "TIME|none", "report a connection that is open when it is this old, then each time that it has moved bytes in so long, and at each hour's start; 1s to 1h", "60s");
    private static readonly Option<string?> FairShare = EnvironmentOption.Create("--fair-share", "RATE|none", "events per second that one cgroup may write, 1 to 10000000. A second's worth may come at once; what is over it is dropped and counted as source.fair_share by cgroup", "none");
    private static readonly Option<string?> State = EnvironmentOption.Create("--state", "DIR|auto|none", $"where what is known of open connections is kept for the next agent: a folder in a bpffs; auto: {StatePins.StandardFolder}, or nowhere if that can't be", "auto");
    private static readonly Option<string?> RuntimeEndpoints = RuntimeEndpointOption.Create(
        "which container runtimes to ask for names: auto, none, or unix:///SOCKET,docker:///SOCKET,... (default: auto, the usual places; with another source than the kernel none)");

    private static readonly Option<string?> KubernetesApi = EnvironmentOption.Create("--kubernetes-api", "in-cluster|https://HOST:PORT|none", "name peers in the whole cluster (pod, node, zone, Service) by what the Kubernetes API says of Services, EndpointSlices and nodes; in-cluster is the API of the cluster that this runs in", "none");
    private static readonly Option<string?> KubernetesToken = EnvironmentOption.Create("--kubernetes-token-file", "FILE", "the bearer token for it, read again for each request; without it in a cluster the pod's, else none");
    private static readonly Option<string?> KubernetesAuthorities = EnvironmentOption.Create("--kubernetes-ca-file", "FILE", "who may have signed its certificate, PEM; without it in a cluster the pod's file, else the system's authorities");
    private static readonly Option<string?> Cgroups = EnvironmentOption.Create("--cgroups", "VERSION", "which cgroup hierarchy tells containers apart: auto, v2 or v1", "auto");
    private static readonly Option<string?> NameWait = EnvironmentOption.Create("--name-wait", "TIME", "how long an event may wait for its container's name, 0 to 10s; then it goes out without", "200ms");
    private static readonly Option<string?> PodLabels = EnvironmentOption.Create("--pod-labels", "KEYS|none", "labels of pods that their events have, with commas, 16 at most: app.kubernetes.io/name,team. In files they are the column pod_labels", "none");
    private static readonly Option<string?> Metrics = EnvironmentOption.Create("--metrics", "ADDRESS:PORT", "answer /metrics (Prometheus), /healthz and /readyz there; :PORT is all addresses; without it nowhere");
    private static readonly Option<string?> Health = EnvironmentOption.Create("--health", "ADDRESS:PORT", "answer /healthz and /readyz there as well, on a thread of their own, for probes that must not depend on who connects to --metrics");
    private static readonly Option<string?> LogFormat = LogFormatSetting.Create();
    private static readonly Option<string?> RingMemory = EnvironmentOption.Create("--ring-memory", "MIB", "memory of all rings together, whatever the number of CPUs; MiB, 0.25 to 1024", "8");

    public static Command Create(Logger log)
    {
        var command = new Command("run", "Trace this node's TCP connections until stopped (SIGTERM, SIGINT) or --duration is over.")
        {
            Node, Json, JsonFormatOption, Capture, DurableWithin, RetainFor, RetainRollups, RetainBytes, KeepFree, Archive, ArchiveBandwidth, Duration, Source, Record, SpineOption, AcceptOwnerOption,
            RuntimeEndpoints, KubernetesApi, KubernetesToken, KubernetesAuthorities, Cgroups, NameWait, PodLabels, Metrics, Health, LogFormat, RingMemory, Sockets, FlowEvery, FairShare, State,
        };
        command.SetAction((parsed, _) => RunAsync(parsed, log));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Logger log)
    {
        try
        {
            var settings = Read(parsed);
            return ThreadRoom.IsThere() ? await Agent.RunAsync(settings, log).ConfigureAwait(false) : throw new IOException(ThreadRoom.Missing);
        }
        catch (UsageException e)
        {
            log.Error(e.Message);
            return ExitCode.Usage;
        }
        catch (CannotTraceException e)
        {
            log.Error(e.Message);
            return ExitCode.CannotTrace;
        }
        catch (Exception e) when (e is SourceException or CaptureDirectoryException or NativeException or IOException or UnauthorizedAccessException)
        {
            log.Error(e.Message);
            return ExitCode.Failure;
        }
    }

    private static RunSettings Read(ParseResult parsed)
    {
        var source = SourceSpec.Parse(parsed.GetValue(Source)!);
        var files = FileSettings.Parse(parsed.GetValue(Json), parsed.GetValue(Capture), parsed.GetValue(Record), source);
        return new RunSettings
        {
            Node = NodeName.Checked(parsed.GetValue(Node) ?? NonEmpty(Environment.GetEnvironmentVariable("NODE_NAME")) ?? Environment.MachineName),
            JsonFormat = ReadWord<JsonFormat>(JsonFormatOption, parsed),
            Json = files.Json,
            Capture = files.Capture,
            Retention = StorageSettings.Parse(parsed.GetValue(DurableWithin)!, parsed.GetValue(RetainFor)!, parsed.GetValue(RetainRollups)!, parsed.GetValue(RetainBytes)!, parsed.GetValue(KeepFree))
                .WithArchive(parsed.GetValue(Archive), parsed.GetValue(ArchiveBandwidth)!, parsed.GetValue(Capture)),
            Duration = parsed.GetValue(Duration) is { } duration ? ReadDuration(duration) : null,
            Source = source,
            Record = files.Record,
            Runtimes = RuntimeEndpointOption.Read(parsed.GetValue(RuntimeEndpoints), source is SourceSpec.Kernel ? "auto" : "none"),
            Kubernetes = KubernetesSettings.Parse(parsed.GetValue(KubernetesApi)!, parsed.GetValue(KubernetesToken), parsed.GetValue(KubernetesAuthorities)),
            Metrics = parsed.GetValue(Metrics) is { } metrics ? ListenAddress.Parse(Metrics.Name, metrics) : null,
            Health = parsed.GetValue(Health) is { } health ? ListenAddress.Parse(Health.Name, health) : null,
            NameWait = ReadNameWait(parsed.GetValue(NameWait)!),
            PodLabels = ReadPodLabels(parsed.GetValue(PodLabels)!),
            LogFormat = LogFormatSetting.Read(parsed.GetValue(LogFormat)),
            Kernel = new KernelSourceOptions
            {
                Cgroups = ReadWord<CgroupVersion>(Cgroups, parsed),
                Spine = ReadWord<Spine>(SpineOption, parsed),
                AcceptOwner = ReadWord<AcceptOwner>(AcceptOwnerOption, parsed),
                RingBytes = ReadRingBytes(parsed.GetValue(RingMemory)!),
                FlowEvery = ReadFlowEvery(parsed.GetValue(FlowEvery)!),
                Sockets = ReadSockets(parsed.GetValue(Sockets)!),
                FairShare = ReadFairShare(parsed.GetValue(FairShare)!),
                StateFolder = parsed.GetValue(State) switch { "none" => null, "auto" => StatePins.StandardFolder, var folder => FileSettings.Checked(State.Name, folder!) },
                StateIsRequired = parsed.GetValue(State) is not ("none" or "auto"),
            },
        };
    }

    private static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static T ReadWord<T>(Option<string?> option, ParseResult parsed)
        where T : struct, Enum
    {
        var text = parsed.GetValue(option)!;
        var words = Enum.GetNames<T>().Select(name => name.ToLowerInvariant()).ToArray();
        return words.Contains(text)
            ? Enum.Parse<T>(text, ignoreCase: true)
            : throw new UsageException($"{option.Name} {text}: it takes {string.Join(", ", words)}");
    }

    private static int ReadRingBytes(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var mebibytes)
        && mebibytes * 1024 * 1024 is >= SmallestRingMemory and <= LargestRingMemory
            ? (int)(mebibytes * 1024 * 1024)
            : throw new UsageException($"--ring-memory {text}: it takes MiB from 0.25 to 1024");

    private static TimeSpan? ReadFlowEvery(string text) =>
        text == "none" ? null
        : TimeText.Parse(text) is { } time && time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromHours(1) ? time
        : throw new UsageException($"--flow-every {text}: it takes a time from 1s to 1h, or none");

    private static int ReadSockets(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sockets) && sockets is >= 1024 and <= 16 * 1024 * 1024
            ? (int)BitOperations.RoundUpToPowerOf2(sockets)
            : throw new UsageException($"--sockets {text}: it takes a number from 1024 to 16777216");

    private static int? ReadFairShare(string text) =>
        text == "none" ? null
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate is >= 1 and <= 10_000_000 ? (int)rate
        : throw new UsageException($"--fair-share {text}: it takes events per second from 1 to 10000000, or none");

    private static TimeSpan ReadDuration(string text) =>
        TimeText.Parse(text) is { } time && time > TimeSpan.Zero && time <= LongestDuration ? time : throw new UsageException($"--duration {text}: it takes a time such as 500ms, 30s, 5m or 2h, up to 49d");

    private static PodLabelChoice ReadPodLabels(string text)
    {
        try
        {
            return PodLabelChoice.Parse(text);
        }
        catch (FormatException e)
        {
            throw new UsageException($"--pod-labels: {e.Message}");
        }
    }

    private static TimeSpan ReadNameWait(string text) =>
        TimeText.Parse(text) is { } time && time.TotalSeconds <= 10 ? time : throw new UsageException($"--name-wait {text}: it takes a time from 0 to 10s, such as 200ms");
}

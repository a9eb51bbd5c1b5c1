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

    private static readonly Option<string?> Node = EnvironmentOption.Create("--node", "NAME", "the node's name (default: NODE_NAME, then the host name)");
    private static readonly Option<string?> Json = EnvironmentOption.Create("--json", "-|PATH|none", "destination of the JSON lines: stdout, a file to append to, or none", "-");
    private static readonly Option<string?> JsonFormatOption = EnvironmentOption.Create("--json-format", "FORMAT", "key names of the JSON lines: netmon, ecs (Elastic Common Schema) or otel (OpenTelemetry)", "netmon");
    private static readonly Option<string?> Capture = EnvironmentOption.Create("--capture", "DIR", "store the events as hourly Parquet files in this directory; one agent per directory");
    private static readonly Option<string?> DurableWithin = EnvironmentOption.Create("--durable-within", "TIME", "time after which an event survives a power failure, 100ms to 1h", "1s");
    private static readonly Option<string?> RetainFor = EnvironmentOption.Create("--retain-for", "TIME|none", "remove hours older than this", "7d");
    private static readonly Option<string?> RetainRollups = EnvironmentOption.Create("--retain-rollups", "TIME|none", "remove hourly roll-ups older than this; they keep bytes, connections and failures by process, container, peer and port after the events are removed", "400d");
    private static readonly Option<string?> RetainBytes = EnvironmentOption.Create("--retain-bytes", "SIZE|none", "remove the oldest hours when the capture is larger than this; if the current hour alone is larger, remove its oldest pieces", "10GiB");
    private static readonly Option<string?> KeepFree = EnvironmentOption.Create("--keep-free", "PERCENT%|SIZE", "remove the oldest hours when the disk has less free space than this, and pause storage until it has more (default: the smaller of 1GiB and 5%, in a pod 20%)");
    private static readonly Option<string?> Archive = EnvironmentOption.Create("--archive", "s3://BUCKET[/PREFIX]", "upload sealed files to this bucket, and remove only uploaded files; endpoint, region and credentials come from AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, ... or a role");
    private static readonly Option<string?> ArchiveBandwidth = EnvironmentOption.Create("--archive-bandwidth", "SIZE", "upload limit in bytes per second", "8MiB");
    private static readonly Option<string?> Duration = EnvironmentOption.Create("--duration", "TIME", "stop after this time: 500ms, 30s, 5m, 2h");
    private static readonly Option<string?> Source = EnvironmentOption.Create("--source", "SOURCE", "kernel, replay:FILE or synthetic[:rate=N,count=N,seed=N,rings=N,containers=N,churn=N,ahead=N,speed=N,flow=N,node=N]", "kernel");
    private static readonly Option<string?> Record = EnvironmentOption.Create("--record", "FILE", "record the raw stream to this file; --source replay:FILE replays it");
    private static readonly Option<string?> SpineOption = EnvironmentOption.Create("--spine", "HOOK", "the hook that reports TCP state changes: auto, sockops or tracepoint", "auto");
    private static readonly Option<string?> AcceptOwnerOption = EnvironmentOption.Create("--accept-owner", "HOOK", "the hook that finds the accepting process: auto, fexit, kretprobe, receive, syscall or listener", "auto");
    private static readonly Option<string?> Sockets = EnvironmentOption.Create("--sockets", "NUMBER", "maximum number of open sockets to track, 1024 to 16777216, rounded up to a power of two; 128 bytes of kernel memory each. Events of further sockets are dropped and counted as source.no_room", "131072");
    private static readonly Option<string?> FlowEvery = EnvironmentOption.Create("--flow-every", "TIME|none", "report an open connection when it reaches this age, after each further interval in which it transferred data, and at the start of each hour; 1s to 1h", "60s");
    private static readonly Option<string?> FairShare = EnvironmentOption.Create("--fair-share", "RATE|none", "maximum events per second of one cgroup, 1 to 10000000, with bursts of up to one second's worth. Events above it are dropped and counted by cgroup as source.fair_share", "none");
    private static readonly Option<string?> State = EnvironmentOption.Create("--state", "DIR|auto|none", $"where to keep the state of open connections for the next agent: a directory in a bpffs; auto: {StatePins.StandardFolder}, or none if that is not possible", "auto");
    private static readonly Option<string?> RuntimeEndpoints = RuntimeEndpointOption.Create(
        "container runtimes to ask for names: auto, none, or unix:///SOCKET,docker:///SOCKET,... (default: auto, the usual sockets; none if the source is not the kernel)");

    private static readonly Option<string?> KubernetesApi = EnvironmentOption.Create("--kubernetes-api", "in-cluster|https://HOST:PORT|none", "name peers in the whole cluster (pod, node, zone, Service) from the Services, EndpointSlices and nodes of the Kubernetes API; in-cluster: the API of the cluster in which the agent runs", "none");
    private static readonly Option<string?> KubernetesToken = EnvironmentOption.Create("--kubernetes-token-file", "FILE", "file with the bearer token for --kubernetes-api, read for each request (default: in a cluster the pod's token, otherwise none)");
    private static readonly Option<string?> KubernetesAuthorities = EnvironmentOption.Create("--kubernetes-ca-file", "FILE", "file with the certificate authorities to trust for --kubernetes-api, PEM (default: in a cluster the pod's file, otherwise the system's)");
    private static readonly Option<string?> Cgroups = EnvironmentOption.Create("--cgroups", "VERSION", "cgroup hierarchy that identifies containers: auto, v2 or v1", "auto");
    private static readonly Option<string?> NameWait = EnvironmentOption.Create("--name-wait", "TIME", "how long an event can wait for its container's name, 0 to 10s; after that it is written without", "200ms");
    private static readonly Option<string?> PodLabels = EnvironmentOption.Create("--pod-labels", "KEYS|none", "pod labels to add to events, up to 16, comma-separated: app.kubernetes.io/name,team. In Parquet files they are the column pod_labels", "none");
    private static readonly Option<string?> Metrics = EnvironmentOption.Create("--metrics", "ADDRESS:PORT", "serve /metrics (Prometheus), /healthz and /readyz at this address; :PORT listens on all addresses (default: off)");
    private static readonly Option<string?> WorkloadMetricsOption = EnvironmentOption.Create("--workload-metrics", "NUMBER", $"serve metrics of connections, failures and bytes for this many workloads, those with the most traffic; all others are the workload other; 0 to {WorkloadMetrics.MostShown}, needs --metrics", "0");
    private static readonly Option<string?> Health = EnvironmentOption.Create("--health", "ADDRESS:PORT", "serve /healthz and /readyz at this address too, on a separate thread, for probes that must not depend on the clients of --metrics");
    private static readonly Option<string?> LogFormat = LogFormatSetting.Create();
    private static readonly Option<string?> RingMemory = EnvironmentOption.Create("--ring-memory", "MIB", "total memory of the rings, for any number of CPUs; MiB, 0.25 to 1024", "8");

    public static Command Create(Logger log)
    {
        var command = new Command("run", "Trace this node's TCP connections until stopped (SIGTERM, SIGINT) or --duration is over.")
        {
            Node, Json, JsonFormatOption, Capture, DurableWithin, RetainFor, RetainRollups, RetainBytes, KeepFree, Archive, ArchiveBandwidth, Duration, Source, Record, SpineOption, AcceptOwnerOption,
            RuntimeEndpoints, KubernetesApi, KubernetesToken, KubernetesAuthorities, Cgroups, NameWait, PodLabels, Metrics, WorkloadMetricsOption, Health, LogFormat, RingMemory, Sockets, FlowEvery, FairShare, State,
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
            WorkloadMetrics = ReadWorkloadMetrics(parsed.GetValue(WorkloadMetricsOption)!, parsed.GetValue(Metrics)),
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
            : throw new UsageException($"{option.Name} {text}: expected {string.Join(", ", words)}");
    }

    private static int ReadRingBytes(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var mebibytes)
        && mebibytes * 1024 * 1024 is >= SmallestRingMemory and <= LargestRingMemory
            ? (int)(mebibytes * 1024 * 1024)
            : throw new UsageException($"--ring-memory {text}: expected MiB from 0.25 to 1024");

    private static TimeSpan? ReadFlowEvery(string text) =>
        text == "none" ? null
        : TimeText.Parse(text) is { } time && time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromHours(1) ? time
        : throw new UsageException($"--flow-every {text}: expected a time from 1s to 1h, or none");

    private static int ReadSockets(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var sockets) && sockets is >= 1024 and <= 16 * 1024 * 1024
            ? (int)BitOperations.RoundUpToPowerOf2(sockets)
            : throw new UsageException($"--sockets {text}: expected a number from 1024 to 16777216");

    private static int? ReadFairShare(string text) =>
        text == "none" ? null
        : uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate) && rate is >= 1 and <= 10_000_000 ? (int)rate
        : throw new UsageException($"--fair-share {text}: expected events per second from 1 to 10000000, or none");

    private static int ReadWorkloadMetrics(string text, string? metrics) =>
        !uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var workloads) || workloads > WorkloadMetrics.MostShown
            ? throw new UsageException($"--workload-metrics {text}: expected a number from 0 to {WorkloadMetrics.MostShown}")
        : workloads > 0 && metrics is null ? throw new UsageException($"--workload-metrics {text}: requires --metrics")
        : (int)workloads;

    private static TimeSpan ReadDuration(string text) =>
        TimeText.Parse(text) is { } time && time > TimeSpan.Zero && time <= LongestDuration ? time : throw new UsageException($"--duration {text}: expected a time such as 500ms, 30s, 5m or 2h, up to 49d");

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
        TimeText.Parse(text) is { } time && time.TotalSeconds <= 10 ? time : throw new UsageException($"--name-wait {text}: expected a time from 0 to 10s, such as 200ms");
}

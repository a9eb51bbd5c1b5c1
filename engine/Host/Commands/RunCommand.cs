using System.CommandLine;
using System.Globalization;
using NetMon.Capture;
using NetMon.Storage;

namespace NetMon.Host.Commands;

/// <summary><c>netmon run</c>: the command line and how the program ends.</summary>
internal static class RunCommand
{
    private const int SmallestRingMemory = RingLayout.SmallestRingBytes;
    private const int LargestRingMemory = 1024 * 1024 * 1024;

    private static readonly Option<string?> Node = EnvironmentOption.Create("--node", "NAME", "the node's name; falls back to NODE_NAME, then to the host's name");
    private static readonly Option<string?> Json = EnvironmentOption.Create("--json", "-|PATH|none", "where the JSON lines go: stdout, a file to append to, or nowhere", "-");
    private static readonly Option<string?> Capture = EnvironmentOption.Create("--capture", "DIR", "keep the events as hourly Parquet files in this directory");
    private static readonly Option<string?> DurableWithin = EnvironmentOption.Create("--durable-within", "TIME", "how old an event gets before it survives a power cut", "1s");
    private static readonly Option<string?> RetainFor = EnvironmentOption.Create("--retain-for", "TIME|none", "remove hours that are older", "7d");
    private static readonly Option<string?> RetainBytes = EnvironmentOption.Create("--retain-bytes", "SIZE|none", "remove the oldest hours when the capture has more bytes", "10GiB");
    private static readonly Option<string?> KeepFree = EnvironmentOption.Create("--keep-free", "PERCENT%|SIZE", "pause storage when the disk has less free; without it the lesser of 1GiB and 5%");
    private static readonly Option<string?> Duration = EnvironmentOption.Create("--duration", "TIME", "stop after so long: 500ms, 30s, 5m, 2h");
    private static readonly Option<string?> Source = EnvironmentOption.Create("--source", "SOURCE", "kernel, replay:FILE or synthetic[:rate=N,count=N,seed=N,rings=N]", "kernel");
    private static readonly Option<string?> Record = EnvironmentOption.Create("--record", "FILE", "record the raw stream, to replay it with --source replay:FILE");
    private static readonly Option<string?> SpineOption = EnvironmentOption.Create("--spine", "HOOK", "what tells of TCP states: auto, sockops or tracepoint", "auto");
    private static readonly Option<string?> AcceptOwnerOption = EnvironmentOption.Create("--accept-owner", "HOOK", "what tells who accepted: auto, fexit, kretprobe, syscall or listener", "auto");
    private static readonly Option<string?> RingMemory = EnvironmentOption.Create("--ring-memory", "MIB", "memory of all rings together, MiB", "8");

    public static Command Create()
    {
        var command = new Command("run", "Trace this node's TCP connections until stopped (SIGTERM, SIGINT) or --duration is over.")
        {
            Node, Json, Capture, DurableWithin, RetainFor, RetainBytes, KeepFree, Duration, Source, Record, SpineOption, AcceptOwnerOption, RingMemory,
        };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        try
        {
            return await Agent.RunAsync(Read(parsed)).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            Log.Line($"netmon: {e.Message}");
            return ExitCode.Usage;
        }
        catch (CannotTraceException e)
        {
            Log.Line($"netmon: {e.Message}");
            return ExitCode.CannotTrace;
        }
        catch (Exception e) when (e is SourceException or CaptureDirectoryException or Native.NativeException or IOException or UnauthorizedAccessException)
        {
            Log.Line($"netmon: {e.Message}");
            return ExitCode.Failure;
        }
    }

    private static RunSettings Read(ParseResult parsed) => new()
    {
        Node = parsed.GetValue(Node) ?? NonEmpty(Environment.GetEnvironmentVariable("NODE_NAME")) ?? Environment.MachineName,
        Json = parsed.GetValue(Json) is { } json && json != "none" ? json : null,
        Capture = parsed.GetValue(Capture),
        Retention = StorageSettings.Parse(parsed.GetValue(DurableWithin)!, parsed.GetValue(RetainFor)!, parsed.GetValue(RetainBytes)!, parsed.GetValue(KeepFree)),
        Duration = parsed.GetValue(Duration) is { } duration ? StorageSettings.ReadTime("--duration", duration) : null,
        Source = SourceSpec.Parse(parsed.GetValue(Source)!),
        Record = parsed.GetValue(Record),
        Kernel = new KernelSourceOptions
        {
            Spine = ReadWord<Spine>(SpineOption, parsed),
            AcceptOwner = ReadWord<AcceptOwner>(AcceptOwnerOption, parsed),
            RingBytes = ReadRingBytes(parsed.GetValue(RingMemory)!),
        },
    };

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
}

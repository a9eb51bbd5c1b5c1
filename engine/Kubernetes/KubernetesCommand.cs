using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Kubernetes.Watching;
using NetMon.Native;

namespace NetMon.Kubernetes;

/// <summary><c>netmon-kubernetes</c>: the command line, and the conditions for its end.</summary>
internal static class KubernetesCommand
{
    /// <summary>The exit code for invalid options or variables.</summary>
    public const int WrongUsage = 2;

    private const int Success = 0;
    private const int Failure = 1;

    private static readonly Option<string> Api = new("--api") { HelpName = $"https://HOST:PORT|{ApiAddress.InCluster}", Description = "the API server; in-cluster: that of the cluster in which this pod runs", DefaultValueFactory = _ => ApiAddress.InCluster };
    private static readonly Option<string?> TokenFile = new("--token-file") { HelpName = "FILE", Description = "file with the bearer token (default: in a cluster the pod's token, otherwise none)" };
    private static readonly Option<string?> AuthorityFile = new("--ca-file") { HelpName = "FILE", Description = "file with the certificate authorities to trust, PEM (default: in a cluster the pod's file, otherwise the system's)" };
    private static readonly Option<string?> LogFormat = new(LogFormatOption.Name)
    {
        HelpName = LogFormatOption.Words,
        Description = $"{LogFormatOption.Description} [{LogFormatOption.Variable}]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(LogFormatOption.Variable) is { Length: > 0 } value ? value : LogFormatOption.Fallback,
    };

    private static readonly Option<bool> Child = new("--child") { Description = "exit when stdin closes", Hidden = true };

    public static RootCommand Create(Logger log)
    {
        var command = new RootCommand("Watches Services, EndpointSlices and Nodes of a Kubernetes cluster and prints the names of addresses, one fact per line. netmon run --kubernetes-api starts it automatically.") { Api, TokenFile, AuthorityFile, LogFormat, Child };
        command.SetAction((parsed, _) => RunAsync(parsed, log));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, Logger log)
    {
        if (!ThreadCapabilities.TryKeepOnly(0))
        {
            log.Error("some threads could not drop their capabilities");
            return Failure;
        }

        ApiAddress address;
        try
        {
            if (LogFormatOption.Parse(parsed.GetValue(LogFormat)) is null)
            {
                throw new FormatException(LogFormatOption.Refusal(parsed.GetValue(LogFormat)));
            }

            address = ApiAddress.Parse(parsed.GetValue(Api)!, parsed.GetValue(TokenFile), parsed.GetValue(AuthorityFile), Environment.GetEnvironmentVariable);
        }
        catch (FormatException e)
        {
            log.Error(Usage.OneLine(e.Message));
            return WrongUsage;
        }

        using var stop = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        if (parsed.GetValue(Child))
        {
            new Thread(() => FollowParent(stop)) { IsBackground = true, Name = "parent" }.Start();
        }

        try
        {
            var version = typeof(KubernetesCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
            await using var output = Console.OpenStandardOutput();
            await ClusterWatch.RunAsync(address, new WatchPace(), version.Split('+')[0], output, log, stop.Token).ConfigureAwait(false);
            return Success;
        }
        catch (OperationCanceledException)
        {
            return Success;
        }
        catch (IOException)
        {
            return Success; // the reader of the lines has exited
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Follows the agent at the other end of stdin until the end of stdin.</summary>
    private static void FollowParent(CancellationTokenSource stop)
    {
        while (Console.In.Read() >= 0)
        {
            // Input is ignored.
        }

        stop.Cancel();
    }
}

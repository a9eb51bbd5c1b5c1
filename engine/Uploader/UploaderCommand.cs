using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Amazon.Runtime;
using Microsoft.Win32.SafeHandles;
using NetMon.Foundation.CommandLines;
using NetMon.Foundation.Logging;
using NetMon.Native;
using NetMon.Storage;
using NetMon.Storage.Uploads;
using NetMon.Uploader.Fetch;

namespace NetMon.Uploader;

/// <summary><c>netmon-archive</c>: the command line, and the conditions for its end.</summary>
internal static class UploaderCommand
{
    /// <summary>The exit code for invalid options or variables.</summary>
    public const int WrongUsage = 2;

    private const int Success = 0;
    private const int Failure = 1;
    private const int Niceness = 19;

    /// <summary>The timeout of a call: a part of 8 MiB at less than 70 kB/s, or a server that hangs.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LockInterval = TimeSpan.FromMilliseconds(100);

    private static readonly Option<string> Capture = new("--capture") { HelpName = "DIR", Description = "the capture directory of an agent", Required = true };
    private static readonly Option<string> To = new("--to") { HelpName = "s3://BUCKET[/PREFIX]", Description = "where to upload its sealed files; endpoint, region and credentials come from the environment, as with AWS tools", Required = true };
    private static readonly Option<string> Bandwidth = new("--bandwidth") { HelpName = "BYTES", Description = "upload limit in bytes per second", DefaultValueFactory = _ => "8388608" };
    private static readonly Option<string?> LogFormat = new(LogFormatOption.Name)
    {
        HelpName = LogFormatOption.Words,
        Description = $"{LogFormatOption.Description} [{LogFormatOption.Variable}]",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(LogFormatOption.Variable) is { Length: > 0 } value ? value : LogFormatOption.Fallback,
    };

    private static readonly Option<bool> Once = new("--once") { Description = "try each waiting file once and exit, with exit code 0 if none is left" };
    private static readonly Option<bool> Child = new("--child") { Description = "exit when stdin closes, or after reading the line finish", Hidden = true };

    public static RootCommand Create(Logger log)
    {
        var command = new RootCommand("Uploads the sealed files of a NetMon capture to an S3-compatible bucket and verifies them. netmon run --archive starts it automatically.") { Capture, To, Bandwidth, LogFormat, Once, Child, FetchCommand.Create(log) };
        command.SetAction((parsed, _) => RunAsync(parsed, log));
        return command;
    }

    private static UploadTarget ReadTarget(string text)
    {
        try
        {
            return UploadTarget.Parse(text);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{To.Name} {e.Message}", e);
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, Logger log)
    {
        ThreadNiceness.Set(Niceness); // applies to threads started from now on
        var messages = new Messages(log);
        if (LogFormatOption.Parse(parsed.GetValue(LogFormat)) is null)
        {
            log.Error(Usage.OneLine(LogFormatOption.Refusal(parsed.GetValue(LogFormat))));
            return WrongUsage;
        }

        try
        {
            var target = ReadTarget(parsed.GetValue(To)!);
            var bandwidth = ReadBandwidth(parsed.GetValue(Bandwidth)!);
            Usage.CheckPath(Capture.Name, parsed.GetValue(Capture)!);
            var directory = Path.GetFullPath(parsed.GetValue(Capture)!);
            if (!Directory.Exists(Path.Combine(directory, CapturePaths.Events)))
            {
                messages.Error(Usage.OneLine($"--capture {directory}: not a capture directory: it has no folder {CapturePaths.Events}/. Use the directory given to netmon run --capture"));
                return WrongUsage;
            }

            using var capture = new ContainedFolder(directory);
            using var held = await LockAsync(capture).ConfigureAwait(false);
            if (held is null)
            {
                messages.Error($"another netmon-archive is running for {directory} (it holds the lock on {CapturePaths.UploaderLock}); run only one");
                return Failure;
            }

            return await RunAsync(parsed, capture, target, bandwidth, messages).ConfigureAwait(false);
        }
        catch (FormatException e)
        {
            messages.Error(Usage.OneLine(e.Message));
            return WrongUsage;
        }
        catch (AmazonClientException e)
        {
            messages.Error(Usage.OneLine($"{e.Message}: set AWS_REGION, or AWS_ENDPOINT_URL for your own server"));
            return WrongUsage;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            messages.Error(e.Message);
            return Failure;
        }
    }

    private static async Task<int> RunAsync(ParseResult parsed, ContainedFolder capture, UploadTarget target, long bandwidth, Messages messages)
    {
        using var stop = new CancellationTokenSource();
        var finish = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        if (parsed.GetValue(Once))
        {
            finish.SetResult();
        }
        else if (parsed.GetValue(Child))
        {
            new Thread(() => FollowParent(finish, stop)) { IsBackground = true, Name = "parent" }.Start();
        }

        var endpoint = Endpoint.OfEnvironment();
        using var bucket = new Bucket(target, endpoint, CallTimeout, bandwidth);
        return await new UploadLoop(capture, bucket, target, endpoint.Name, messages).RunAsync(finish.Task, stop.Token).ConfigureAwait(false) ? Success : Failure;

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>Follows the agent at the other end of stdin: its line "finish", or the end of stdin.</summary>
    private static void FollowParent(TaskCompletionSource finish, CancellationTokenSource stop)
    {
        while (Console.In.ReadLine() is { } line)
        {
            if (line == "finish")
            {
                finish.TrySetResult();
            }
        }

        stop.Cancel();
    }

    private static long ReadBandwidth(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) && bytes > 0 ? bytes : throw new FormatException($"--bandwidth {text}: expected bytes per second, 1 or more");

    /// <summary>Takes the lock, which a process that is exiting may hold a moment longer; null if another one keeps it.</summary>
    private static async Task<SafeFileHandle?> LockAsync(ContainedFolder capture)
    {
        var file = capture.Create(CapturePaths.UploaderLock, mayExist: true);
        for (var until = Environment.TickCount64 + (long)LockPatience.TotalMilliseconds; !ContainedFolder.TryLock(file);)
        {
            if (Environment.TickCount64 >= until)
            {
                file.Dispose();
                return null;
            }

            await Task.Delay(LockInterval).ConfigureAwait(false);
        }

        return file;
    }
}

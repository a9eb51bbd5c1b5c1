using System.CommandLine;
using NetMon.Foundation.Logging;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader.Fetch;

/// <summary><c>netmon-archive fetch</c>: reads a bucket for its parent process netmon-query. See <see cref="FetchProtocol"/>.</summary>
internal static class FetchCommand
{
    /// <summary>The maximum time until a server starts to answer, and without data in an answer.</summary>
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(30);

    private static readonly Option<string> From = new("--from") { HelpName = "s3://BUCKET[/PREFIX]", Description = "the bucket", Required = true };

    public static Command Create(Logger log)
    {
        var command = new Command(FetchProtocol.Command, "Reads a bucket for netmon-query.") { From };
        command.Hidden = true;
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(From)!, log));
        return command;
    }

    private static async Task<int> RunAsync(string from, Logger log)
    {
        var stop = new CancellationTokenSource(); // never disposed: the thread that reads stdin may still cancel it
        await using var output = new StreamWriter(Console.OpenStandardOutput()) { NewLine = "\n" };
        var answers = new FetchAnswers(output, new Messages(log));
        try
        {
            var (target, endpoint) = (UploadTarget.Parse(from), Endpoint.OfEnvironment());
            using var bucket = new Bucket(target, endpoint, CallTimeout, bytesPerSecond: long.MaxValue);
            using var loop = new FetchLoop(bucket, answers, new FetchFailures(target, endpoint.Name), CallTimeout);
            await loop.RunAsync(Console.In, stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FormatException or Amazon.Runtime.AmazonClientException)
        {
            answers.Write(FetchProtocol.Error, e is FormatException ? e.Message : $"{e.Message}: set AWS_REGION, or AWS_ENDPOINT_URL for your own server");
        }
        catch (IOException)
        {
            // netmon-query has exited.
        }

        return 0;
    }
}

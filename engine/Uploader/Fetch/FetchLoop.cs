using System.Globalization;
using System.Threading.Channels;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader.Fetch;

/// <summary>Answers the requests of netmon-query, with several downloads at once, until its stdin is closed or the bucket is not available.</summary>
internal sealed class FetchLoop(Bucket bucket, FetchAnswers answers, FetchFailures failures, TimeSpan patience) : IDisposable
{
    /// <summary>The number of concurrent downloads: enough to saturate a fast link with small objects.</summary>
    private const int MostDownloads = 8;

    private const int Tries = 3;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(300);
    private readonly SemaphoreSlim _free = new(MostDownloads);

    /// <summary>Runs until the requests end.</summary>
    /// <param name="requests">One per line; read on a separate thread, because reading stdin can't be cancelled.</param>
    /// <param name="stop">Cancelled when the requests end, which makes pending downloads unnecessary.</param>
    /// <exception cref="IOException">The reader of the answers has closed the pipe.</exception>
    public async Task RunAsync(TextReader requests, CancellationTokenSource stop)
    {
        var lines = Channel.CreateUnbounded<string>();
        new Thread(() => Read(requests, lines.Writer, stop)) { IsBackground = true, Name = "requests" }.Start();
        List<Task> downloads = [];
        try
        {
            await foreach (var line in lines.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                var words = FetchProtocol.Words(line);
                if (words[0] == FetchProtocol.Get)
                {
                    downloads.RemoveAll(download => download.IsCompletedSuccessfully);
                    downloads.Add(GetAsync(Download.Parse(words.AsSpan(1)), stop));
                }
                else
                {
                    await ListAsync(words, stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The requests have ended, or a download has reported why the bucket is not available.
        }
        catch (Exception e) when (Explanation.Knows(e))
        {
            answers.Write(FetchProtocol.Error, failures.OfAll(e));
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(downloads).ConfigureAwait(false);
    }

    public void Dispose() => _free.Dispose();

    private static void Read(TextReader requests, ChannelWriter<string> lines, CancellationTokenSource stop)
    {
        while (requests.ReadLine() is { } line)
        {
            lines.TryWrite(line);
        }

        stop.Cancel();
    }

    private async Task GetAsync(Download download, CancellationTokenSource stop)
    {
        try
        {
            await _free.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                await TryAsync(() => download.RunAsync(bucket, answers, patience, stop.Token), stop.Token).ConfigureAwait(false);
                answers.Write(FetchProtocol.Got, download.Key);
            }
            finally
            {
                _free.Release();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // No longer needed.
        }
        catch (Exception e) when (FetchFailures.OfObject(e) is { } why)
        {
            answers.Write(FetchProtocol.Lost, download.Key, why);
        }
        catch (Exception e) when (Explanation.Knows(e))
        {
            answers.Write(FetchProtocol.Error, failures.OfAll(e));
            await stop.CancelAsync().ConfigureAwait(false);
        }
    }

    private async Task ListAsync(string[] request, CancellationToken stop)
    {
        var byFolder = request[0] == FetchProtocol.Folders;
        var (prefix, after, until) = (request[1], byFolder ? "" : request[2], byFolder ? "" : request[3]);
        string? page = null;
        do
        {
            var mark = page;
            var listed = await TryAsync(() => bucket.ListAsync(prefix, after.Length > 0 ? after : null, byFolder, mark, stop), stop).ConfigureAwait(false);
            foreach (var folder in listed.CommonPrefixes ?? [])
            {
                answers.Write(FetchProtocol.Folder, folder[prefix.Length..].TrimEnd('/'));
            }

            page = listed.IsTruncated == true && listed.NextContinuationToken != page ? listed.NextContinuationToken : null;
            foreach (var found in byFolder ? [] : listed.S3Objects ?? [])
            {
                if (until.Length > 0 && string.CompareOrdinal(found.Key, until) > 0)
                {
                    page = null; // keys are sorted
                    break;
                }

                answers.Write(FetchProtocol.Object, found.Key, (found.Size ?? 0).ToString(CultureInfo.InvariantCulture), found.ETag?.Trim('"') ?? "");
            }
        }
        while (page is not null);

        answers.Write(FetchProtocol.End);
    }

    private static Task<bool> TryAsync(Func<Task> call, CancellationToken stop) => TryAsync(
        async () =>
        {
            await call().ConfigureAwait(false);
            return true;
        },
        stop);

    private static async Task<T> TryAsync<T>(Func<Task<T>> call, CancellationToken stop)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call().ConfigureAwait(false);
            }
            catch (Exception e) when (attempt < Tries && FetchFailures.MayPass(e) && !stop.IsCancellationRequested)
            {
                await Task.Delay(FirstPause * attempt, stop).ConfigureAwait(false);
            }
        }
    }
}

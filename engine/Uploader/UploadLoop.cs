using System.Globalization;
using NetMon.Foundation;
using NetMon.Native;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader;

/// <summary>Uploads sealed files one at a time, the oldest first; failed uploads are retried at growing intervals. Not thread-safe.</summary>
internal sealed class UploadLoop(ContainedFolder capture, Bucket bucket, UploadTarget target, string where, Messages messages)
{
    /// <summary>Prevents a thousand nodes from uploading at the same time after the hour.</summary>
    private const double Jitter = 0.5;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);
    private readonly WaitingFiles _files = new(capture, target);
    private readonly Upload _upload = new(capture, bucket, target);
    private readonly BackOff _look = new(LookInterval, LookInterval, Jitter);
    private readonly BackOff _retry = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5), Jitter);
    private bool _failed;
    private long _uploaded;
    private long _bytes;

    /// <summary>Runs until stopped, or, once asked to finish, until everything was tried once.</summary>
    /// <param name="finish">Completes to request the end, after a last pass unless the previous one failed.</param>
    /// <param name="stop">Ends immediately.</param>
    /// <returns>Whether all files are uploaded.</returns>
    public async Task<bool> RunAsync(Task finish, CancellationToken stop)
    {
        try
        {
            bool last;
            do
            {
                last = finish.IsCompleted;
                await LookAsync(stop).ConfigureAwait(false);
                if (!last)
                {
                    await Task.WhenAny(finish, Task.Delay((_failed ? _retry : _look).Next(), stop)).ConfigureAwait(false);
                    stop.ThrowIfCancellationRequested();
                }
            }
            while (!last && !(finish.IsCompleted && _failed));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whatever was in progress continues at the next start.
        }

        return End();
    }

    /// <summary>Tries every file that is not uploaded; stops early if no other can succeed.</summary>
    private async Task LookAsync(CancellationToken stop)
    {
        UploadException? failed = null;
        List<WaitingFile> waiting = [];
        try
        {
            if (_uploaded == 0)
            {
                _files.RemoveOrphans();
            }

            waiting = _files.Waiting();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            failed = Explanation.Of(e, target, where, capture.Path, Purpose.Upload);
        }

        foreach (var file in waiting)
        {
            try
            {
                if (await _upload.RunAsync(file.Path, stop).ConfigureAwait(false))
                {
                    (_uploaded, _bytes) = (_uploaded + 1, _bytes + file.Bytes);
                }
            }
            catch (Exception e) when (Explanation.Knows(e) && !stop.IsCancellationRequested)
            {
                failed = Explanation.Of(e, target, where, file.Path, Purpose.Upload);
                if (failed.ConcernsAll)
                {
                    break;
                }
            }
        }

        _failed = failed is not null;
        if (failed is null)
        {
            _retry.Reset();
            messages.Works($"uploading to {target} works again; all {waiting.Count} waiting files are uploaded and verified");
        }
        else
        {
            messages.Failed(failed.Message, $"{Waiting()}; they stay here until they are in the bucket. Retrying automatically.");
        }
    }

    private bool End()
    {
        try
        {
            var waits = _files.Waiting().Count > 0;
            messages.Info(string.Create(CultureInfo.InvariantCulture, $"ended: {_uploaded} files with {_bytes} bytes uploaded to {target} and verified; {(waits ? Waiting() : "no file is waiting")}"));
            return !waits;
        }
        catch (IOException e)
        {
            messages.Error($"ended: {capture.Path} can't be read: {e.Message}");
            return false;
        }
    }

    private string Waiting()
    {
        try
        {
            var waiting = _files.Waiting();
            return string.Create(CultureInfo.InvariantCulture, $"{waiting.Count} files with {waiting.Sum(file => file.Bytes)} bytes are waiting");
        }
        catch (IOException)
        {
            return "the waiting files can't be counted";
        }
    }
}

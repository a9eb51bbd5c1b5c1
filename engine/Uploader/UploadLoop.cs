using System.Globalization;
using NetMon.Native;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader;

/// <summary>Uploads what is sealed, one file at a time, the oldest first; what fails is tried again, less and less often. One thread.</summary>
internal sealed class UploadLoop(ContainedFolder capture, Bucket bucket, UploadTarget target, string where, Messages messages)
{
    /// <summary>How long until it looks for sealed files again; by chance between half and one and a half, so that a thousand nodes don't come at once after the hour.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestBackOff = TimeSpan.FromMinutes(5);
    private readonly WaitingFiles _files = new(capture, target);
    private readonly Upload _upload = new(capture, bucket, target);
    private TimeSpan _backOff;
    private long _uploaded;
    private long _bytes;

    /// <summary>Goes on until stopped, or until everything was tried once after it was asked to finish.</summary>
    /// <param name="finish">Asks to end: with a last look, unless the last one failed.</param>
    /// <param name="stop">Ends at once.</param>
    /// <returns>Whether nothing waits any more.</returns>
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
                    await Task.WhenAny(finish, Task.Delay(Pause(), stop)).ConfigureAwait(false);
                    stop.ThrowIfCancellationRequested();
                }
            }
            while (!last && !(finish.IsCompleted && _backOff > TimeSpan.Zero));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Whatever was under way goes on at the next start.
        }

        return End();
    }

    private TimeSpan Pause() => (_backOff > TimeSpan.Zero ? _backOff : LookInterval) * (0.5 + Random.Shared.NextDouble());

    /// <summary>Tries everything that waits; ends early where nothing else has a chance.</summary>
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
            failed = Explanation.Of(e, target, where, capture.Path);
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
                failed = Explanation.Of(e, target, where, file.Path);
                if (failed.ConcernsAll)
                {
                    break;
                }
            }
        }

        if (failed is null)
        {
            _backOff = TimeSpan.Zero;
            messages.Works($"uploading to {target} works again; all {waiting.Count} files that waited are there and verified");
        }
        else
        {
            _backOff = _backOff == TimeSpan.Zero ? FirstBackOff : _backOff * 2 < LongestBackOff ? _backOff * 2 : LongestBackOff;
            messages.Failed(failed.Message, $"{Waiting()}; they stay here until they are in the bucket, and it is tried again by itself");
        }
    }

    private bool End()
    {
        try
        {
            var waits = _files.Waiting().Count > 0;
            messages.Line(string.Create(CultureInfo.InvariantCulture, $"ended: {_uploaded} files with {_bytes} bytes are in {target} and verified; {(waits ? Waiting() : "nothing waits")}"));
            return !waits;
        }
        catch (IOException e)
        {
            messages.Line($"ended: {capture.Path} can't be read: {e.Message}");
            return false;
        }
    }

    private string Waiting()
    {
        try
        {
            var waiting = _files.Waiting();
            return string.Create(CultureInfo.InvariantCulture, $"{waiting.Count} files with {waiting.Sum(file => file.Bytes)} bytes wait");
        }
        catch (IOException)
        {
            return "what waits can't be counted";
        }
    }
}

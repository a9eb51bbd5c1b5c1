using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using NetMon.Native;
using NetMon.Storage;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader;

/// <summary>
/// Uploads one file, verifies the server's copy, and marks the file as uploaded. The state of a resumed upload is requested from the server, so that a kill at
/// any time costs one part at most. Not thread-safe.
/// </summary>
internal sealed class Upload(ContainedFolder capture, Bucket bucket, UploadTarget target)
{
    /// <summary>The maximum number of keys tried for a file if others are taken: by hours that received late rows after they were removed here.</summary>
    private const int MostNames = 100;

    /// <summary>Uploads a file; false if it no longer exists, or is the roll-up of events that have not been uploaded yet.</summary>
    /// <exception cref="UploadException">The server's copy is not the file.</exception>
    /// <exception cref="IOException">The file can't be read or marked.</exception>
    public async Task<bool> RunAsync(string path, CancellationToken stop)
    {
        using var file = capture.TryOpen(path, writable: false);
        if (file is null || !TryName(path, out var wanted))
        {
            return false;
        }

        var digest = FileDigest.Of(file, stop);
        var (key, isThere) = await FindKeyAsync(wanted, digest, stop).ConfigureAwait(false);
        if (!isThere)
        {
            await SendAsync(key, file, digest, stop).ConfigureAwait(false);
            await VerifyAsync(key, digest, stop).ConfigureAwait(false);
        }

        UploadMark.Write(capture, path, digest.Bytes, target, key, Convert.ToHexStringLower(digest.Sha256));
        return true;
    }

    /// <summary>
    /// Determines the key of a file. Readers match a roll-up to its events by name, so it gets the name that those have in the bucket; false while they have
    /// none.
    /// </summary>
    private bool TryName(string path, out string key)
    {
        key = target.KeyOf(path);
        if (!path.StartsWith(CapturePaths.Rollup + "/", StringComparison.Ordinal))
        {
            return true;
        }

        var summed = CapturePaths.Events + path[CapturePaths.Rollup.Length..];
        using var events = capture.TryOpen(summed, writable: false);
        if (events is null)
        {
            return true;
        }

        var theirs = UploadMark.KeyOf(capture, summed, RandomAccess.GetLength(events), target);
        key = theirs is null ? key : target.KeyOf(CapturePaths.Rollup + theirs[target.KeyOf(CapturePaths.Events).Length..]);
        return theirs is not null;
    }

    /// <summary>Returns the key that the file already has, or a free one: nothing in the bucket is ever overwritten.</summary>
    private async Task<(string Key, bool IsThere)> FindKeyAsync(string wanted, FileDigest digest, CancellationToken stop)
    {
        for (var number = 0; number < MostNames; number++)
        {
            var key = number == 0 ? wanted : $"{wanted[..^CapturePaths.SealedExtension.Length]}-{number}{CapturePaths.SealedExtension}";
            var there = await bucket.LookAsync(key, stop).ConfigureAwait(false);
            if (there is null)
            {
                return (key, false);
            }

            if (await IsAsync(there, key, digest, stop).ConfigureAwait(false))
            {
                return (key, true);
            }
        }

        throw new UploadException(
            $"{wanted} and {MostNames - 1} similar names belong to other files: does another node or cluster with the same name upload to {target}? Use a separate prefix for each (--archive)",
            concernsAll: false);
    }

    private async Task SendAsync(string key, SafeFileHandle file, FileDigest digest, CancellationToken stop)
    {
        if (digest.Parts.Count == 1)
        {
            await bucket.PutAsync(key, file, digest, stop).ConfigureAwait(false);
            return;
        }

        var begun = await bucket.FindBegunAsync(key, stop).ConfigureAwait(false);
        var upload = begun ?? await bucket.BeginAsync(key, stop).ConfigureAwait(false);
        var there = begun is null ? [] : await bucket.PartsAsync(key, upload, stop).ConfigureAwait(false);
        var sent = new List<(PartDigest Part, string EntityTag)>();
        foreach (var part in digest.Parts)
        {
            var has = there.TryGetValue(part.Number, out var stored) && stored.EntityTag is not null && stored.Is(part) == true;
            sent.Add((part, has ? $"\"{stored!.EntityTag}\"" : await bucket.PutPartAsync(key, upload, file, part, stop).ConfigureAwait(false)));
        }

        await bucket.CompleteAsync(key, upload, sent, stop).ConfigureAwait(false);
    }

    private async Task VerifyAsync(string key, FileDigest digest, CancellationToken stop)
    {
        var stored = await bucket.LookAsync(key, stop).ConfigureAwait(false);
        if (stored is null)
        {
            throw new UploadException($"the server accepted {key} and then reports it missing: can these credentials read it (s3:GetObject)?", concernsAll: true);
        }

        if (!await IsAsync(stored, key, digest, stop).ConfigureAwait(false))
        {
            await bucket.RemoveAsync(key, stop).ConfigureAwait(false);
            throw new UploadException(
                $"the server's copy of {key} differs from the file: the copy has {stored}, the file {digest.Bytes} bytes. The copy is removed and the file stays; something between this node and the server changes uploads",
                concernsAll: false);
        }
    }

    /// <summary>Compares by what the server reports; if that is only the size, by reading the object.</summary>
    private async Task<bool> IsAsync(StoredObject stored, string key, FileDigest digest, CancellationToken stop)
    {
        if (stored.Is(digest) is { } answer)
        {
            return answer;
        }

        await using var copy = await bucket.ReadAsync(key, stop).ConfigureAwait(false);
        return (await SHA256.HashDataAsync(copy, stop).ConfigureAwait(false)).AsSpan().SequenceEqual(digest.Sha256);
    }
}

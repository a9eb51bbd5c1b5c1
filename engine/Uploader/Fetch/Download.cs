using System.Globalization;
using NetMon.Storage.Uploads;

namespace NetMon.Uploader.Fetch;

/// <summary>A download of an object, or of its end, into a new file.</summary>
/// <param name="Key">The object.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="EntityTag">Its entity tag when it was listed.</param>
/// <param name="From">The offset of the first byte to download.</param>
/// <param name="Path">The file, which will contain only the downloaded bytes.</param>
internal sealed record Download(string Key, long Bytes, string EntityTag, long From, string Path)
{
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const int BufferBytes = 128 << 10;

    /// <summary>Parses a request: the words after <see cref="FetchProtocol.Get"/>.</summary>
    public static Download Parse(ReadOnlySpan<string> words) =>
        new(words[0], Number(words[1]), words[2], Number(words[3]), words[4]);

    /// <summary>Writes the file; it is incomplete if this throws.</summary>
    /// <exception cref="CutOffException">The content ended early, or no data arrived for longer than <paramref name="patience"/>.</exception>
    /// <exception cref="IOException">The connection was lost.</exception>
    /// <exception cref="UploadException">The file can't be written.</exception>
    public async Task RunAsync(Bucket bucket, FetchAnswers answers, TimeSpan patience, CancellationToken stop)
    {
        using var response = await bucket.BeginReadAsync(Key, EntityTag, From, stop).ConfigureAwait(false);
        await using var bytes = response.ResponseStream;
        using var file = OnDisk(() => File.OpenHandle(Path, FileMode.Create, FileAccess.Write, FileShare.Read));
        OnDisk(() => File.SetUnixFileMode(file, Mode));
        var buffer = new byte[BufferBytes];
        var (done, wanted) = (0L, Bytes - From);
        while (done < wanted)
        {
            var read = await ReadAsync(bytes, buffer.AsMemory(0, (int)Math.Min(buffer.Length, wanted - done)), done, patience, stop).ConfigureAwait(false);
            var at = done;
            OnDisk(() => RandomAccess.Write(file, buffer.AsSpan(0, read), at));
            done += read;
            answers.Add(read);
        }
    }

    private static void OnDisk(Action write) => OnDisk(() =>
    {
        write();
        return true;
    });

    /// <summary>Distinguishes disk errors from network errors, which throw the same exceptions.</summary>
    private static T OnDisk<T>(Func<T> write)
    {
        try
        {
            return write();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UploadException($"the cache can't be written: {e.Message}", concernsAll: true, e);
        }
    }

    private async Task<int> ReadAsync(Stream bytes, Memory<byte> buffer, long done, TimeSpan patience, CancellationToken stop)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stop);
        bound.CancelAfter(patience);
        Exception? cause = null;
        try
        {
            if (await bytes.ReadAsync(buffer, bound.Token).ConfigureAwait(false) is var read and > 0)
            {
                return read;
            }
        }
        catch (Exception e) when (!stop.IsCancellationRequested && Explanation.Knows(e))
        {
            cause = e;
        }

        throw new CutOffException(string.Create(CultureInfo.InvariantCulture, $"it was cut off after {done} of {Bytes - From} bytes"), cause);
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

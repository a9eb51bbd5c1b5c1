using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using NetMon.Storage.Uploads;

namespace NetMon.Query.Buckets;

/// <summary>
/// Reads a bucket through a child process, <c>netmon-archive fetch</c>, which contains the S3 library and finds endpoint and credentials in
/// the environment, as for uploads. The child ends with this process. Not thread-safe. Throws <see cref="QueryException"/> if the bucket
/// can't be read.
/// </summary>
internal sealed class BucketReader : IDisposable
{
    private const string Program = "netmon-archive";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private readonly Process _child;

    private BucketReader(Process child) => _child = child;

    /// <summary>Starts the child.</summary>
    /// <exception cref="QueryException">The child can't be started.</exception>
    public static BucketReader Start(UploadTarget target)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, Program);
        try
        {
            return new BucketReader(Process.Start(new ProcessStartInfo(File.Exists(beside) ? beside : Program, [FetchProtocol.Command, "--from", target.ToString()])
            {
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            })!);
        }
        catch (Win32Exception e)
        {
            throw new QueryException($"{Program}, which reads buckets, can't be started ({e.Message}): it is neither at {beside} nor on the PATH. Install it next to netmon-query; the image netmon-query does not contain it, so query the bucket from another machine");
        }
    }

    /// <summary>Yields the objects of a listing as they arrive.</summary>
    public IEnumerable<(string Key, long Bytes, string EntityTag)> List(string prefix, string after, string until)
    {
        Send(FetchProtocol.List, prefix, after, until);
        while (Receive() is [FetchProtocol.Object, var key, var bytes, var tag])
        {
            yield return (key, Number(bytes), tag);
        }
    }

    /// <summary>Lists the folders directly below a prefix that is empty or ends in '/'.</summary>
    public List<string> Folders(string prefix)
    {
        Send(FetchProtocol.Folders, prefix);
        List<string> folders = [];
        while (Receive() is [FetchProtocol.Folder, var name])
        {
            folders.Add(name);
        }

        return folders;
    }

    /// <summary>Downloads objects, from an offset on, into new files; returns when all have arrived or failed.</summary>
    /// <param name="wanted">The objects with their offsets and files.</param>
    /// <param name="got">Called for each complete object.</param>
    /// <param name="lost">Called for each object that is not available, with the reason.</param>
    /// <param name="came">Called with the number of bytes received since the last call.</param>
    public void Get(IReadOnlyDictionary<string, (BucketObject Object, long From, string File)> wanted, Action<string> got, Action<string, string> lost, Action<long> came)
    {
        foreach (var (found, from, file) in wanted.Values)
        {
            Send(FetchProtocol.Get, found.Key, Text(found.Bytes), found.EntityTag, Text(from), file);
        }

        for (var left = wanted.Count; left > 0;)
        {
            switch (Receive())
            {
                case [FetchProtocol.Got, var key]:
                    left--;
                    got(key);
                    break;
                case [FetchProtocol.Lost, var key, var why]:
                    left--;
                    lost(key, why);
                    break;
                case [FetchProtocol.Bytes, var bytes]:
                    came(Number(bytes));
                    break;
            }
        }
    }

    public void Dispose()
    {
        try
        {
            _child.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has exited already.
        }

        if (!_child.WaitForExit(Patience))
        {
            _child.Kill();
        }

        _child.Dispose();
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long Number(string text) => long.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);

    private void Send(params ReadOnlySpan<string> words)
    {
        try
        {
            _child.StandardInput.Write(FetchProtocol.Line([.. words]) + "\n");
            _child.StandardInput.Flush();
        }
        catch (IOException)
        {
            // Its last message is read next.
        }
    }

    /// <summary>Reads the words of an answer.</summary>
    private string[] Receive()
    {
        var words = _child.StandardOutput.ReadLine() is { } line ? FetchProtocol.Words(line) : null;
        return words switch
        {
            null => throw new QueryException($"{Program} ended unexpectedly: try again"),
            [FetchProtocol.Error, var why] => throw new QueryException(why),
            _ => words,
        };
    }
}

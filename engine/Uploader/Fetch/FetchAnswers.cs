using NetMon.Storage.Uploads;

namespace NetMon.Uploader.Fetch;

/// <summary>Writes the answers to netmon-query, with credentials removed from server messages. Thread-safe.</summary>
internal sealed class FetchAnswers(TextWriter output, Messages messages)
{
    /// <summary>The number of bytes between progress lines.</summary>
    private const long BytesPerLine = 1 << 20;

    private readonly Lock _gate = new();
    private long _bytes;

    /// <summary>Writes a line.</summary>
    /// <exception cref="IOException">The reader has closed the pipe.</exception>
    public void Write(params ReadOnlySpan<string> words)
    {
        var line = FetchProtocol.Line(words is [FetchProtocol.Error or FetchProtocol.Lost, .. var rest, var why] ? [words[0], .. rest, messages.Clean(why)] : [.. words]);
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <summary>Counts received bytes.</summary>
    /// <exception cref="IOException">The reader has closed the pipe.</exception>
    public void Add(long bytes)
    {
        lock (_gate)
        {
            _bytes += bytes;
            if (_bytes >= BytesPerLine)
            {
                Write(FetchProtocol.Bytes, _bytes.ToString(System.Globalization.CultureInfo.InvariantCulture));
                _bytes = 0;
            }
        }
    }
}

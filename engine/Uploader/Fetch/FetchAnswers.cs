using NetMon.Storage.Uploads;

namespace NetMon.Uploader.Fetch;

/// <summary>The answers to netmon-query, without credentials, whatever a server says. Any thread.</summary>
internal sealed class FetchAnswers(TextWriter output, Messages messages)
{
    /// <summary>How many bytes come between two words of progress.</summary>
    private const long BytesPerLine = 1 << 20;

    private readonly Lock _gate = new();
    private long _bytes;

    /// <summary>Writes a line.</summary>
    /// <exception cref="IOException">Nobody reads it.</exception>
    public void Write(params ReadOnlySpan<string> words)
    {
        var line = FetchProtocol.Line(words is [FetchProtocol.Error or FetchProtocol.Lost, .. var rest, var why] ? [words[0], .. rest, messages.Clean(why)] : [.. words]);
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    /// <summary>Counts bytes that have come.</summary>
    /// <exception cref="IOException">Nobody reads it.</exception>
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

using System.Text;

namespace NetMon.LiveTests.Support;

/// <summary>Follows the agent's JSON lines: each call gives what has come since the one before. Not thread-safe.</summary>
internal sealed class EventTail(string path) : IDisposable
{
    private readonly StringBuilder _torn = new();
    private StreamReader? _reader;

    /// <summary>Without a last line that is not whole yet: it comes with the next call.</summary>
    public IReadOnlyList<SeenEvent> ReadNew()
    {
        _reader ??= new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        _torn.Append(_reader.ReadToEnd());
        var text = _torn.ToString();
        var whole = text.LastIndexOf('\n') + 1;
        _torn.Clear().Append(text, whole, text.Length - whole);
        return [.. text[..whole].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(SeenEvent.Parse)];
    }

    public void Dispose() => _reader?.Dispose();
}

using System.Text;

namespace NetMon.LiveTests.Support;

/// <summary>Follows the agent's JSON lines: each call returns the events since the previous call. Not thread-safe.</summary>
internal sealed class EventTail(string path) : IDisposable
{
    private readonly StringBuilder _torn = new();
    private StreamReader? _reader;

    /// <summary>Leaves out an incomplete last line: the next call returns it.</summary>
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

using System.Buffers;

namespace NetMon.Kubernetes.Json;

/// <summary>
/// Tracks the position in a stream of JSON: the depth, whether it is in a string, and the property of a list. Accepts bytes in chunks of any size, and finds the
/// start and end of selected objects. Not thread-safe.
/// </summary>
/// <param name="isList">Whether to select the objects in the array "items" and the object "metadata" of one object; otherwise all top-level objects.</param>
internal sealed class JsonNesting(bool isList)
{
    private const int LongestProperty = 8; // "metadata"
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private readonly byte[] _text = new byte[LongestProperty];
    private int _textLength;
    private int _depth;
    private int _wanted = -1; // the depth outside the selected object; -1: in none
    private bool _isInString;
    private bool _isEscaped;
    private bool _isInItems;
    private bool _isDone;

    /// <summary>Whether the stream may end here.</summary>
    public bool IsComplete => isList ? _isDone : _depth == 0;

    /// <summary>Whether the last object was the list's metadata.</summary>
    public bool IsMetadata { get; private set; }

    /// <summary>Scans bytes up to the next start or end of a selected object; returns the number of bytes scanned.</summary>
    /// <exception cref="FormatException">The bytes are not JSON, or not a list.</exception>
    public JsonStep Next(ReadOnlySpan<byte> bytes, out int used)
    {
        if (_isInString)
        {
            used = SkipString(bytes);
            return JsonStep.Inside;
        }

        if (_depth == 0)
        {
            used = bytes.IndexOfAnyExcept(" \t\r\n"u8) is >= 0 and var first ? first + 1 : bytes.Length;
            if (used == 0 || bytes[used - 1] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                return JsonStep.Inside;
            }

            return bytes[used - 1] == '{' && !_isDone ? Open((byte)'{') : throw new FormatException(_isDone ? "data follows the end of the list" : "it is not a JSON object");
        }

        var at = bytes.IndexOfAny(Structure);
        used = at < 0 ? bytes.Length : at + 1;
        return at < 0 ? JsonStep.Inside : bytes[at] switch
        {
            (byte)'"' => BeginString(),
            (byte)'{' or (byte)'[' => Open(bytes[at]),
            _ => Close(),
        };
    }

    private JsonStep BeginString()
    {
        (_isInString, _textLength) = (true, 0);
        return JsonStep.Inside;
    }

    private int SkipString(ReadOnlySpan<byte> bytes)
    {
        if (_isEscaped)
        {
            _isEscaped = false;
            _textLength = LongestProperty + 1;
            return 1;
        }

        var at = bytes.IndexOfAny((byte)'"', (byte)'\\');
        var text = at < 0 ? bytes : bytes[..at];
        if (_depth == 1)
        {
            if (_textLength + text.Length <= LongestProperty)
            {
                text.CopyTo(_text.AsSpan(_textLength));
            }

            _textLength = Math.Min(_textLength + text.Length, LongestProperty + 1);
        }

        if (at < 0)
        {
            return bytes.Length;
        }

        _isEscaped = bytes[at] == '\\';
        _isInString = _isEscaped;
        return at + 1;
    }

    private JsonStep Open(byte bracket)
    {
        var begins = _wanted < 0 && bracket == '{' && (isList ? (_depth == 2 && _isInItems) || (_depth == 1 && IsProperty("metadata"u8)) : _depth == 0);
        if (begins)
        {
            (_wanted, IsMetadata) = (_depth, isList && _depth == 1);
        }
        else if (isList && _depth == 1 && bracket == '[')
        {
            _isInItems = IsProperty("items"u8);
        }

        _depth++;
        return begins ? JsonStep.Begins : JsonStep.Inside;
    }

    private JsonStep Close()
    {
        _depth--;
        _isInItems &= _depth >= 2;
        _isDone |= isList && _depth == 0;
        if (_depth != _wanted)
        {
            return JsonStep.Inside;
        }

        _wanted = -1;
        return JsonStep.Ends;
    }

    private bool IsProperty(ReadOnlySpan<byte> name) => _textLength <= LongestProperty && _text.AsSpan(0, _textLength).SequenceEqual(name);
}

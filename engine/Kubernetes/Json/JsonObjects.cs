namespace NetMon.Kubernetes.Json;

/// <summary>
/// Splits a stream of JSON into objects as it arrives, so that a list of any length needs only the memory of its largest object: the items and the metadata of a
/// list, or the consecutive events of a watch. It only counts brackets and skips strings; objects are not parsed. Not thread-safe.
/// </summary>
internal sealed class JsonObjects
{
    /// <summary>The number of bytes kept of an object that is too large, to find its name.</summary>
    public const int PrefixBytes = 4096;

    private const int Initial = 16 * 1024;
    private const int KeptBuffer = 128 * 1024; // enough for a slice of a hundred endpoints
    private readonly Stream _stream;
    private readonly int _mostBytes;
    private readonly JsonNesting _nesting;
    private byte[] _buffer = new byte[Initial];
    private int _keep; // bytes before it are no longer needed
    private int _scan; // bytes before it have been scanned
    private int _end;
    private bool _isInObject;
    private bool _isCut;

    /// <param name="stream">The source; not closed.</param>
    /// <param name="isList">Whether the stream is a list; otherwise it consists of consecutive objects.</param>
    /// <param name="mostBytes">The maximum size of an object; a larger one is cut to its first <see cref="PrefixBytes"/>.</param>
    public JsonObjects(Stream stream, bool isList, int mostBytes)
    {
        (_stream, _mostBytes, _nesting) = (stream, Math.Max(mostBytes, Initial), new JsonNesting(isList));
    }

    /// <summary>The number of bytes read from the stream.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Whether the stream may end here: between objects, or after the list.</summary>
    public bool IsComplete => _nesting.IsComplete;

    /// <summary>Returns the next object, if it has arrived. Its bytes are valid until the next call.</summary>
    /// <exception cref="FormatException">The stream is not JSON.</exception>
    public bool TryRead(out JsonObject found)
    {
        if (!_isInObject)
        {
            _keep = _scan;
        }

        while (_scan < _end)
        {
            var rest = _buffer.AsSpan(_scan, _end - _scan);
            switch (_nesting.Next(rest, out var used))
            {
                case JsonStep.Begins:
                    _keep = _scan + used - 1;
                    (_isInObject, _isCut) = (true, false);
                    break;
                case JsonStep.Ends:
                    _scan += used;
                    _isInObject = false;
                    found = new JsonObject(_isCut ? _buffer.AsMemory(_keep, PrefixBytes) : _buffer.AsMemory(_keep, _scan - _keep), _nesting.IsMetadata, _isCut);
                    return true;
            }

            _scan += used;
        }

        found = default;
        return false;
    }

    /// <summary>Waits for more bytes; false at the end of the stream.</summary>
    public async ValueTask<bool> FillAsync(CancellationToken stop)
    {
        MakeRoom();
        var read = await _stream.ReadAsync(_buffer.AsMemory(_end), stop).ConfigureAwait(false);
        _end += read;
        BytesRead += read;
        return read > 0;
    }

    private void MakeRoom()
    {
        if (_isCut)
        {
            (_scan, _end) = (PrefixBytes, PrefixBytes); // everything has been scanned
            return;
        }

        var kept = _isInObject ? _end - _keep : 0;
        if (kept >= _mostBytes)
        {
            _buffer.AsSpan(_keep, PrefixBytes).CopyTo(_buffer);
            (_isCut, _keep, _scan, _end) = (true, 0, PrefixBytes, PrefixBytes);
            return;
        }

        var size = kept == _buffer.Length ? 2 * _buffer.Length : kept <= Initial / 2 && _buffer.Length > KeptBuffer ? Initial : _buffer.Length;
        var next = size == _buffer.Length ? _buffer : new byte[size];
        _buffer.AsSpan(_end - kept, kept).CopyTo(next);
        (_buffer, _keep, _scan, _end) = (next, 0, kept, kept);
    }
}

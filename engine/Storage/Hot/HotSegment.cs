namespace NetMon.Storage.Hot;

/// <summary>A segment that is being appended to.</summary>
/// <param name="capture">Where it is made.</param>
/// <param name="hour">Of its rows.</param>
/// <param name="schema">Its first message.</param>
/// <exception cref="IOException">It can't be made.</exception>
internal sealed class HotSegment(CaptureDirectory capture, Hour hour, byte[] schema) : HotFile(capture, hour, capture.NewSegment(hour))
{
    /// <summary>Batches after which the dictionaries are written again though nothing is new: one that is damaged costs so many batches at most.</summary>
    private const int DictionaryEvery = 8;

    private readonly int[] _written = new int[HotFormat.Current.Columns.Dictionaries.Count]; // versions
    private int _sinceDictionaries;

    /// <summary>Rows in it.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether so many rows are better put into the next segment.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="most">Rows that a segment may have.</param>
    /// <param name="largest">Bytes that it may have.</param>
    public bool IsFull(HotBatchBuilder batch, long most, long largest) => Length > 0 && (Rows + batch.Rows > most || Length + batch.MessageLength > largest);

    /// <summary>Appends the rows in one write, with what must come before them.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="dictionaries">What their indices refer to.</param>
    /// <param name="scratch">Room for messages; it grows.</param>
    /// <exception cref="IOException">The disk refused it; the segment ends where it did.</exception>
    public void Append(HotBatchBuilder batch, HotDictionaries dictionaries, ref byte[] scratch)
    {
        var length = 0;
        var again = _sinceDictionaries == DictionaryEvery;
        Reserve(ref scratch, (Length == 0 ? schema.Length : 0) + dictionaries.All.Sum(dictionary => dictionary.MessageLength) + batch.MessageLength);
        if (Length == 0)
        {
            schema.CopyTo(scratch, 0);
            length = schema.Length;
        }

        for (var number = 0; number < _written.Length; number++)
        {
            var dictionary = dictionaries.All[number];
            if (again || _written[number] != dictionary.Version)
            {
                dictionary.Write(scratch.AsSpan(length, dictionary.MessageLength));
                length += dictionary.MessageLength;
            }
        }

        batch.Write(scratch.AsSpan(length, batch.MessageLength));
        length += batch.MessageLength;
        Write(scratch.AsSpan(0, length));
        for (var number = 0; number < _written.Length; number++)
        {
            _written[number] = dictionaries.All[number].Version;
        }

        _sinceDictionaries = again ? 1 : _sinceDictionaries + 1;
        Rows += batch.Rows;
    }

    /// <summary>Writes the end of the stream, if it can; a stream may as well end without.</summary>
    public void End()
    {
        try
        {
            Write(HotMessages.End);
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            // Readers come to the end of the file instead.
        }
    }

    private static void Reserve(ref byte[] scratch, int length)
    {
        if (scratch.Length < length)
        {
            scratch = new byte[Math.Max(length, 2 * scratch.Length)];
        }
    }
}

namespace NetMon.Storage.Hot;

/// <summary>A segment that is being appended to.</summary>
/// <param name="capture">The capture directory.</param>
/// <param name="hour">The hour of its rows.</param>
/// <param name="schema">Its first message.</param>
/// <exception cref="IOException">The file can't be created.</exception>
internal sealed class HotSegment(CaptureDirectory capture, Hour hour, byte[] schema) : HotFile(capture, hour, capture.NewSegment(hour))
{
    /// <summary>Batches after which unchanged dictionaries are repeated, so that a corrupt one affects at most this many batches.</summary>
    private const int DictionaryEvery = 8;

    private readonly int[] _written = new int[HotFormat.Current.Columns.Dictionaries.Count]; // versions
    private int _sinceDictionaries;

    /// <summary>Rows in it.</summary>
    public long Rows { get; private set; }

    /// <summary>Whether the rows should go to the next segment.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="most">The maximum number of rows of a segment.</param>
    /// <param name="largest">The maximum size of a segment in bytes.</param>
    public bool IsFull(HotBatchBuilder batch, long most, long largest) => Length > 0 && (Rows + batch.Rows > most || Length + batch.MessageLength > largest);

    /// <summary>Appends the rows in one write, preceded by the dictionaries that they need.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="dictionaries">The dictionaries that their indices refer to.</param>
    /// <param name="scratch">A buffer for messages; it grows as needed.</param>
    /// <exception cref="IOException">The write failed; the segment is unchanged.</exception>
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

    /// <summary>Writes the end-of-stream marker if possible; it is optional.</summary>
    public void End()
    {
        try
        {
            Write(HotMessages.End);
        }
        catch (Exception failure) when (DiskFailure.Is(failure))
        {
            // Readers then stop at the end of the file.
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

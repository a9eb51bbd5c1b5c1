using System.Runtime.InteropServices;

namespace NetMon.Storage.Hot;

/// <summary>Which entry of a dictionary each row of a batch refers to. Spans are valid as long as the batch.</summary>
public abstract class HotReferences
{
    private byte[] _message = [];
    private int _rows;
    private int _validity;
    private int _indices;

    /// <summary>The rows' indices into the dictionary, valid where <see cref="Has"/> is true.</summary>
    public ReadOnlySpan<short> Indices => MemoryMarshal.Cast<byte, short>(_message.AsSpan(_indices, sizeof(short) * _rows));

    /// <summary>Whether the row refers to an entry.</summary>
    public bool Has(int row) => (_message[_validity + row / 8] >> (row % 8) & 1) != 0;

    /// <summary>Entries of the dictionary.</summary>
    internal abstract int Entries { get; }

    /// <summary>Whether any row refers to an entry.</summary>
    internal bool HasAny => _message.AsSpan(_validity, (_rows + 7) / 8).ContainsAnyExcept((byte)0);

    /// <summary>Whether every entry that a row refers to is in the dictionary.</summary>
    internal bool AreKnown
    {
        get
        {
            var indices = Indices;
            for (var row = 0; row < indices.Length; row++)
            {
                if ((uint)indices[row] >= Entries && Has(row))
                {
                    return false;
                }
            }

            return true;
        }
    }

    internal void Become(byte[] message, int rows, int validity, int indices) => (_message, _rows, _validity, _indices) = (message, rows, validity, indices);

    /// <summary>Takes the body of a dictionary for the rows to come; false if it is not sound.</summary>
    /// <param name="dictionary">Of the segment's version.</param>
    /// <param name="body">The body, with the length that the metadata says.</param>
    /// <param name="entries">How many there are.</param>
    /// <param name="textBytes">Bytes of the texts, by field.</param>
    internal abstract bool TryTake(HotDictionary dictionary, ReadOnlySpan<byte> body, int entries, ReadOnlySpan<int> textBytes);
}

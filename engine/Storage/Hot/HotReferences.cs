using System.Runtime.InteropServices;

namespace NetMon.Storage.Hot;

/// <summary>The dictionary entry that each row of a batch refers to. Spans are valid as long as the batch.</summary>
public abstract class HotReferences
{
    private byte[] _message = [];
    private int _rows;
    private int _validity;
    private int _indices;

    /// <summary>The rows' indices into the dictionary; only valid where <see cref="Has"/> is true.</summary>
    public ReadOnlySpan<short> Indices => MemoryMarshal.Cast<byte, short>(_message.AsSpan(_indices, sizeof(short) * _rows));

    /// <summary>Whether a row refers to an entry.</summary>
    public bool Has(int row) => (_message[_validity + row / 8] >> (row % 8) & 1) != 0;

    /// <summary>Number of entries of the dictionary.</summary>
    internal abstract int Entries { get; }

    /// <summary>Whether any row refers to an entry.</summary>
    internal bool HasAny => _message.AsSpan(_validity, (_rows + 7) / 8).ContainsAnyExcept((byte)0);

    /// <summary>Whether all references are within the dictionary.</summary>
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

    /// <summary>Reads the body of a dictionary for the following rows; false if it is malformed.</summary>
    /// <param name="dictionary">The dictionary, of the segment's version.</param>
    /// <param name="body">The body, with the length that the metadata declares.</param>
    /// <param name="entries">The number of entries.</param>
    /// <param name="textBytes">The size of the texts in bytes, by field.</param>
    internal abstract bool TryTake(HotDictionary dictionary, ReadOnlySpan<byte> body, int entries, ReadOnlySpan<int> textBytes);
}

using System.Buffers.Binary;

namespace NetMon.Storage.Hot;

/// <summary>
/// The metadata of an IPC message written once by Apache.Arrow, with the positions of the numbers that vary between batches. Batches
/// are written as these bytes with other numbers, and read batches are compared with them byte by byte. The library's own batches would
/// need an object per column and per buffer. Immutable.
/// </summary>
internal sealed class MessageTemplate
{
    /// <summary>The size of the continuation marker and the metadata length, which precede the metadata.</summary>
    public const int PrefixBytes = 8;

    private const int MessageHeader = 2; // fields of table Message, format/Message.fbs of Apache Arrow
    private const int MessageBodyLength = 3;
    private const int DictionaryData = 1; // of table DictionaryBatch
    private const int BatchLength = 0; // of table RecordBatch
    private const int BatchNodes = 1;
    private const int BatchBuffers = 2;
    private readonly byte[] _bytes;
    private readonly int _length;
    private readonly int _bodyLength;
    private readonly int _nodes;
    private readonly int _buffers;

    /// <param name="message">Prefix and metadata of a batch with rows.</param>
    /// <param name="isDictionary">Whether it is a DictionaryBatch rather than a RecordBatch.</param>
    public MessageTemplate(ReadOnlySpan<byte> message, bool isDictionary)
    {
        _bytes = message.ToArray();
        var table = Follow(PrefixBytes);
        _bodyLength = Field(table, MessageBodyLength);
        var batch = Follow(Field(table, MessageHeader));
        batch = isDictionary ? Follow(Field(batch, DictionaryData)) : batch;
        _length = Field(batch, BatchLength);
        _nodes = Follow(Field(batch, BatchNodes)) + sizeof(int); // a vector starts with its length
        _buffers = Follow(Field(batch, BatchBuffers)) + sizeof(int);
    }

    /// <summary>The size of prefix and metadata in bytes; a multiple of 8, so that the following body is aligned.</summary>
    public int Length => _bytes.Length;

    /// <summary>Copies the template, with the numbers of the library's batch.</summary>
    public void CopyTo(Span<byte> message) => _bytes.CopyTo(message);

    public void SetRows(Span<byte> message, long rows) => Write(message, _length, rows);

    public void SetBodyLength(Span<byte> message, long bytes) => Write(message, _bodyLength, bytes);

    public void SetNode(Span<byte> message, int node, long length, long nulls)
    {
        Write(message, _nodes + 16 * node, length);
        Write(message, _nodes + 16 * node + 8, nulls);
    }

    public void SetBuffer(Span<byte> message, int buffer, long offset, long length)
    {
        Write(message, _buffers + 16 * buffer, offset);
        Write(message, _buffers + 16 * buffer + 8, length);
    }

    public long Rows(ReadOnlySpan<byte> message) => Read(message, _length);

    public long BodyLength(ReadOnlySpan<byte> message) => Read(message, _bodyLength);

    public long Nulls(ReadOnlySpan<byte> message, int node) => Read(message, _nodes + 16 * node + 8);

    public long BufferLength(ReadOnlySpan<byte> message, int buffer) => Read(message, _buffers + 16 * buffer + 8);

    private static void Write(Span<byte> message, int at, long value) => BinaryPrimitives.WriteInt64LittleEndian(message[at..], value);

    private static long Read(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadInt64LittleEndian(message[at..]);

    private int Int32(int at) => BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(at));

    /// <summary>FlatBuffers: an offset is relative to its own position.</summary>
    private int Follow(int at) => at + Int32(at);

    /// <summary>FlatBuffers: a table starts with the offset back to its vtable, which has a 16-bit offset for each field.</summary>
    private int Field(int table, int field)
    {
        var entry = table - Int32(table) + 2 * sizeof(ushort) + field * sizeof(ushort);
        var offset = BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(entry));
        return offset != 0 ? table + offset : throw new InvalidDataException($"Apache.Arrow left out field {field} of a message's metadata");
    }
}

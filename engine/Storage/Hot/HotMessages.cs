using System.Buffers.Binary;
using Apache.Arrow;
using Apache.Arrow.Ipc;

namespace NetMon.Storage.Hot;

/// <summary>The messages of a version of segments as written by Apache.Arrow, made once per process, so that segments are valid Arrow. Immutable.</summary>
internal sealed class HotMessages
{
    private const int Continuation = -1;

    private readonly HotColumns _columns;

    public HotMessages(HotColumns columns)
    {
        _columns = columns;
        var stream = Write(OneRow(columns));
        var at = MessageLength(stream); // the schema has no body
        var dictionaries = new MessageTemplate[columns.Dictionaries.Count];
        for (var dictionary = 0; dictionary < dictionaries.Length; dictionary++)
        {
            var template = new MessageTemplate(stream.AsSpan(at, MessageLength(stream.AsSpan(at))), isDictionary: true);
            dictionaries[dictionary] = template;
            at += template.Length + (int)template.BodyLength(stream.AsSpan(at));
        }

        Dictionaries = dictionaries;
        Batch = new MessageTemplate(stream.AsSpan(at, MessageLength(stream.AsSpan(at))), isDictionary: false);
    }

    /// <summary>The dictionaries, by number.</summary>
    public IReadOnlyList<MessageTemplate> Dictionaries { get; }

    /// <summary>The size of the longest prefix and metadata of a batch or a dictionary, in bytes.</summary>
    public int LongestMetadata => Math.Max(Batch.Length, Dictionaries.Max(dictionary => dictionary.Length));

    /// <summary>A batch of rows.</summary>
    public MessageTemplate Batch { get; }

    /// <summary>The end-of-stream marker: a message without metadata.</summary>
    public static ReadOnlySpan<byte> End => [0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0];

    /// <summary>Returns the first message of a segment.</summary>
    public byte[] SchemaMessage(string node, string bootId)
    {
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, _columns.SchemaOf(node, bootId), leaveOpen: true))
        {
            writer.WriteStart();
        }

        return stream.GetBuffer()[..MessageLength(stream.GetBuffer())];
    }

    /// <summary>Returns the size of prefix and metadata of a message in bytes; -1 if incomplete.</summary>
    public static int MessageLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < MessageTemplate.PrefixBytes || BinaryPrimitives.ReadInt32LittleEndian(bytes) != Continuation)
        {
            return -1;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]);
        return length > 0 && length <= bytes.Length - MessageTemplate.PrefixBytes && length % 8 == 0 ? MessageTemplate.PrefixBytes + length : -1;
    }

    private static byte[] Write(RecordBatch batch)
    {
        using var stream = new MemoryStream();
        using (var writer = new ArrowStreamWriter(stream, batch.Schema, leaveOpen: true))
        {
            writer.WriteRecordBatch(batch);
        }

        return stream.ToArray();
    }

    private static RecordBatch OneRow(HotColumns hot)
    {
        var schema = hot.SchemaOf("", "");
        var columns = new IArrowArray[hot.Count];
        for (var column = 0; column < hot.Fields.Count; column++)
        {
            var values = new ArrowBuffer(new byte[hot.Widths[column]]);
            columns[column] = ArrowArrayFactory.BuildArray(new ArrayData(schema.FieldsList[column].DataType, 1, 0, 0, [ArrowBuffer.Empty, values]));
        }

        for (var number = 0; number < hot.Dictionaries.Count; number++)
        {
            var dictionary = hot.Dictionaries[number];
            var texts = dictionary.Texts.Select(_ => (IArrowArray)new StringArray.Builder().Append("").Build());
            var none = new Int16Array.Builder().AppendNull().Build();
            columns[hot.ColumnOf(number)] = new DictionaryArray(dictionary.IndexType, none, new StructArray(dictionary.EntryType, 1, texts, ArrowBuffer.Empty, 0));
        }

        return new RecordBatch(schema, columns, 1);
    }
}

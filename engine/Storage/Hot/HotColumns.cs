using Apache.Arrow;
using Apache.Arrow.Types;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// The columns of a version of hot segments: its stored fields, then those that refer to dictionaries. Those of the current version are
/// the stored fields of <see cref="EventColumns"/>, the container and the peer; <c>schemas/hot.md</c> documents them. Immutable.
/// </summary>
internal sealed class HotColumns
{
    /// <summary>The number of the dictionary of containers.</summary>
    public const int Containers = 0;

    /// <summary>The number of the dictionary of peers, which version 1 lacks.</summary>
    public const int Peers = 1;

    private readonly string _version;

    /// <param name="version">The value of <c>netmon.hot_version</c>.</param>
    /// <param name="fields">The stored fields, in the order of the columns.</param>
    /// <param name="dictionaries">The dictionaries, by their numbers.</param>
    public HotColumns(string version, IReadOnlyList<HotField> fields, IReadOnlyList<HotDictionary> dictionaries)
    {
        (_version, Fields, Dictionaries) = (version, fields, dictionaries);
        Widths = [.. fields.Select(field => field.Width), .. dictionaries.Select(_ => sizeof(short))];
    }

    /// <summary>The stored fields, in the order of the columns.</summary>
    public IReadOnlyList<HotField> Fields { get; }

    /// <summary>The dictionaries, in the order of the last columns: indices into them, null where a row has no entry.</summary>
    public IReadOnlyList<HotDictionary> Dictionaries { get; }

    public int Count => Fields.Count + Dictionaries.Count;

    /// <summary>Bytes of a value, by column.</summary>
    public int[] Widths { get; }

    /// <summary>The column that refers to a dictionary.</summary>
    public int ColumnOf(int dictionary) => Fields.Count + dictionary;

    /// <summary>The schema of a segment for this node and boot.</summary>
    public Schema SchemaOf(string node, string bootId) => new(
        [
            .. Fields.Select(field => new Field(field.Name, TypeOf(field.Type), false)),
            .. Dictionaries.Select(dictionary => new Field(dictionary.Column, dictionary.IndexType, true)),
        ],
        new Dictionary<string, string> { ["netmon.hot_version"] = _version, ["netmon.node"] = node, ["netmon.boot_id"] = bootId });

    /// <summary>The index of a stored field's column in the current version.</summary>
    public static int IndexOf(EventField field)
    {
        for (var column = 0; column < EventColumns.Fields.Count; column++)
        {
            if (ReferenceEquals(EventColumns.Fields[column], field))
            {
                return column;
            }
        }

        throw new ArgumentException($"{field.Name} is not a stored field", nameof(field));
    }

    private static IArrowType TypeOf(FieldType type) => type switch
    {
        FieldType.Timestamp => new TimestampType(TimeUnit.Nanosecond, "UTC"),
        FieldType.UInt8 => UInt8Type.Default,
        FieldType.UInt16 => UInt16Type.Default,
        FieldType.UInt32 => UInt32Type.Default,
        FieldType.UInt64 => UInt64Type.Default,
        _ => new FixedSizeBinaryType(16),
    };
}

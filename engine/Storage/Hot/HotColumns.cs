using Apache.Arrow;
using Apache.Arrow.Types;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// The columns of a version of hot segments: its stored fields, followed by those that refer to dictionaries. The current version has
/// the stored fields of <see cref="EventColumns"/>, the container and the peer; documented in <c>schemas/hot.md</c>. Immutable.
/// </summary>
internal sealed class HotColumns
{
    /// <summary>The number of the dictionary of containers.</summary>
    public const int Containers = 0;

    /// <summary>The number of the dictionary of peers; version 1 has none.</summary>
    public const int Peers = 1;

    private readonly string _version;

    /// <param name="version">The value of <c>netmon.hot_version</c>.</param>
    /// <param name="fields">The stored fields, in column order.</param>
    /// <param name="dictionaries">The dictionaries, by number.</param>
    public HotColumns(string version, IReadOnlyList<HotField> fields, IReadOnlyList<HotDictionary> dictionaries)
    {
        (_version, Fields, Dictionaries) = (version, fields, dictionaries);
        Widths = [.. fields.Select(field => field.Width), .. dictionaries.Select(_ => sizeof(short))];
    }

    /// <summary>The stored fields, in column order.</summary>
    public IReadOnlyList<HotField> Fields { get; }

    /// <summary>The dictionaries, in the order of the last columns, which contain indices into them or null for rows without an entry.</summary>
    public IReadOnlyList<HotDictionary> Dictionaries { get; }

    public int Count => Fields.Count + Dictionaries.Count;

    /// <summary>The size of a value in bytes, by column.</summary>
    public int[] Widths { get; }

    /// <summary>Returns the index of the column that refers to a dictionary.</summary>
    public int ColumnOf(int dictionary) => Fields.Count + dictionary;

    /// <summary>Returns the schema of a segment of this node and boot.</summary>
    public Schema SchemaOf(string node, string bootId) => new(
        [
            .. Fields.Select(field => new Field(field.Name, TypeOf(field.Type), false)),
            .. Dictionaries.Select(dictionary => new Field(dictionary.Column, dictionary.IndexType, true)),
        ],
        new Dictionary<string, string> { ["netmon.hot_version"] = _version, ["netmon.node"] = node, ["netmon.boot_id"] = bootId });

    /// <summary>Returns the index of a stored field's column in the current version.</summary>
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

using Apache.Arrow;
using Apache.Arrow.Types;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// The columns of a version of hot segments: its stored fields, then the container. Those of the current version are the stored
/// fields of <see cref="EventColumns"/>; <c>schemas/hot.md</c> documents them. Immutable.
/// </summary>
internal sealed class HotColumns
{
    private readonly string _version;

    /// <param name="version">The value of <c>netmon.hot_version</c>.</param>
    /// <param name="fields">The stored fields, in the order of the columns.</param>
    /// <param name="containerTexts">The texts of a container, in the order of the dictionary's struct.</param>
    public HotColumns(string version, IReadOnlyList<HotField> fields, IReadOnlyList<ContainerColumn> containerTexts)
    {
        (_version, Fields, ContainerTexts) = (version, fields, containerTexts);
        Widths = [.. fields.Select(field => field.Width), sizeof(short)];
        ContainerType = new StructType([.. containerTexts.Select(text => new Field(text.Name, StringType.Default, false))]);
        ContainerIndexType = new DictionaryType(Int16Type.Default, ContainerType, ordered: false);
    }

    /// <summary>The stored fields, in the order of the columns.</summary>
    public IReadOnlyList<HotField> Fields { get; }

    /// <summary>Texts of a container, in the order of the dictionary's struct.</summary>
    public IReadOnlyList<ContainerColumn> ContainerTexts { get; }

    /// <summary>The last column: indices into the dictionary of containers, null for a process of the host.</summary>
    public int Container => Fields.Count;

    public int Count => Fields.Count + 1;

    /// <summary>Bytes of a value, by column.</summary>
    public int[] Widths { get; }

    public StructType ContainerType { get; }

    /// <summary>A 16-bit index: a dictionary has <see cref="HotLimits.Containers"/> entries or fewer.</summary>
    public DictionaryType ContainerIndexType { get; }

    /// <summary>The schema of a segment for this node and boot.</summary>
    public Schema SchemaOf(string node, string bootId) => new(
        [.. Fields.Select(field => new Field(field.Name, TypeOf(field.Type), false)), new Field("container", ContainerIndexType, true)],
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

using Apache.Arrow;
using Apache.Arrow.Types;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>The columns of a hot segment: the stored fields of <see cref="EventColumns"/>, then the container. <c>schemas/hot.md</c> documents them.</summary>
internal static class HotColumns
{
    /// <summary>The stored fields, in the order of the columns.</summary>
    public static readonly IReadOnlyList<EventField> Fields = EventColumns.Fields;

    /// <summary>The last column: indices into the dictionary of containers, null for a process of the host.</summary>
    public static readonly int Container = Fields.Count;

    public static readonly int Count = Fields.Count + 1;

    /// <summary>Texts of a container, in the dictionary's struct.</summary>
    public static readonly int ContainerTexts = EventColumns.ContainerTexts.Count;

    /// <summary>Bytes of a value, by column.</summary>
    public static readonly int[] Widths = [.. Fields.Select(field => field.Width), sizeof(short)];

    public static readonly StructType ContainerType = new([.. EventColumns.ContainerTexts.Select(text => new Field(text.Name, StringType.Default, false))]);

    /// <summary>A 16-bit index: a dictionary has <see cref="HotLimits.Containers"/> entries or fewer.</summary>
    public static readonly DictionaryType ContainerIndexType = new(Int16Type.Default, ContainerType, ordered: false);

    /// <summary>The schema of a segment for this node and boot.</summary>
    public static Schema SchemaOf(string node, string bootId) => new(
        [.. Fields.Select(field => new Field(field.Name, TypeOf(field.Type), false)), new Field("container", ContainerIndexType, true)],
        new Dictionary<string, string> { ["netmon.hot_version"] = EventColumns.HotVersion, ["netmon.node"] = node, ["netmon.boot_id"] = bootId });

    /// <summary>The index of a stored field's column.</summary>
    public static int IndexOf(EventField field)
    {
        for (var column = 0; column < Container; column++)
        {
            if (ReferenceEquals(Fields[column], field))
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

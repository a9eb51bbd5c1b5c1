namespace NetMon.Parquet.Reading;

/// <summary>Reads an element of a file's schema (SchemaElement of parquet.thrift).</summary>
internal static class SchemaReader
{
    private const int TypeNone = -1;

    /// <summary>Returns the element as a column, and its number of child elements.</summary>
    /// <exception cref="DamagedFileException">The element is malformed.</exception>
    public static (ColumnDefinition Column, int Children) Read(ref CompactThriftReader reader)
    {
        var (stored, repetition, name, children, converted) = (TypeNone, Format.Required, "", 0, TypeNone);
        var logical = LogicalType.None;
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            switch (field)
            {
                case 1:
                    stored = reader.Int32(type);
                    break;
                case 3:
                    repetition = reader.Int32(type);
                    break;
                case 4:
                    name = reader.Text(type);
                    break;
                case 5:
                    children = reader.Int32(type);
                    break;
                case 6:
                    converted = reader.Int32(type);
                    break;
                case 10:
                    CompactThriftReader.Struct(type);
                    logical = ReadLogicalType(ref reader);
                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        var kind = repetition is Format.Required or Format.Optional ? KindOf(stored, converted, logical) : ColumnKind.Other;
        return (new ColumnDefinition(name, kind, IsOptional: repetition == Format.Optional), children);
    }

    private static ColumnKind KindOf(int stored, int converted, LogicalType logical) => (stored, converted, logical) switch
    {
        (Format.TypeBoolean, TypeNone, LogicalType.None) => ColumnKind.Boolean,
        (Format.TypeInt32, TypeNone, LogicalType.None) => ColumnKind.Int32,
        (Format.TypeInt64, TypeNone, LogicalType.None) => ColumnKind.Int64,
        (Format.TypeInt64, TypeNone, LogicalType.LocalMicroseconds) => ColumnKind.Timestamp,
        (Format.TypeByteArray, Format.ConvertedUtf8, _) => ColumnKind.Text,
        _ => ColumnKind.Other,
    };

    private static LogicalType ReadLogicalType(ref CompactThriftReader reader)
    {
        var logical = LogicalType.None;
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            if (field == 8)
            {
                CompactThriftReader.Struct(type);
                logical = ReadTimestamp(ref reader);
            }
            else
            {
                logical = LogicalType.Other;
                reader.Skip(type);
            }
        }

        return logical;
    }

    private static LogicalType ReadTimestamp(ref CompactThriftReader reader)
    {
        var (isUtc, isMicroseconds) = (true, false);
        for (var field = 0; reader.TryField(ref field, out var type);)
        {
            switch (field)
            {
                case 1:
                    isUtc = CompactThriftReader.Bool(type);
                    break;
                case 2:
                    CompactThriftReader.Struct(type);
                    for (var unit = 0; reader.TryField(ref unit, out var inner); reader.Skip(inner))
                    {
                        isMicroseconds = unit == 2;
                    }

                    break;
                default:
                    reader.Skip(type);
                    break;
            }
        }

        return isMicroseconds && !isUtc ? LogicalType.LocalMicroseconds : LogicalType.Other;
    }

    private enum LogicalType
    {
        None,
        LocalMicroseconds,
        Other,
    }
}

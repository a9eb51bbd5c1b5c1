using System.Buffers.Binary;
using System.Globalization;
using NetMon.Native;

namespace NetMon.Query.Files;

/// <summary>What a Parquet file says about itself. Reading it trusts nothing and takes as much memory as the footer is long, 64 MiB at most.</summary>
internal sealed class ParquetFooter
{
    private const int TailBytes = 8;
    private const int LargestFooter = 64 << 20;
    private const int FirstRead = 16 << 10;
    private static readonly byte[] Magic = "PAR1"u8.ToArray();
    private readonly Dictionary<string, (long Physical, long? Converted)> _columns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);

    private ParquetFooter()
    {
    }

    /// <summary>Number of rows.</summary>
    public long Rows { get; private set; }

    /// <summary>A value of the key-value metadata, or null.</summary>
    public string? this[string key] => _metadata.GetValueOrDefault(key);

    /// <summary>Reads a file's footer.</summary>
    /// <exception cref="FileNotFoundException">It is not there.</exception>
    /// <exception cref="InvalidDataException">It is no Parquet file, or damaged; the message says how, without the path.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Reading it is not permitted.</exception>
    public static ParquetFooter Read(string path)
    {
        using var file = RegularFile.Open(path);
        var length = RandomAccess.GetLength(file);
        if (length < Magic.Length + TailBytes)
        {
            throw new InvalidDataException(length == 0 ? "it is empty" : "it is too short for a Parquet file");
        }

        var tail = new byte[Math.Min(length, FirstRead)];
        Fill(tail, length - tail.Length);
        var size = BinaryPrimitives.ReadInt32LittleEndian(tail.AsSpan(tail.Length - TailBytes));
        if (!tail.AsSpan().EndsWith(Magic))
        {
            throw new InvalidDataException("it is no Parquet file, or was cut off");
        }

        if (size < 1 || size > LargestFooter || size > length - Magic.Length - TailBytes)
        {
            throw new InvalidDataException("its footer is damaged");
        }

        if (size + TailBytes > tail.Length)
        {
            tail = new byte[size + TailBytes];
            Fill(tail, length - tail.Length);
        }

        var footer = new ParquetFooter();
        footer.Parse(tail.AsSpan(tail.Length - TailBytes - size, size));
        return footer;

        void Fill(byte[] bytes, long position)
        {
            for (var at = 0; at < bytes.Length;)
            {
                var read = RandomAccess.Read(file, bytes.AsSpan(at), position + at);
                at += read > 0 ? read : throw new InvalidDataException("it was cut off while it was read");
            }
        }
    }

    /// <summary>The number of a version in the metadata; 0 where there is none.</summary>
    public int Version(string key) => int.TryParse(this[key], NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    /// <summary>Whether it has all these columns with the types that the current version gives them.</summary>
    public bool Has(IReadOnlyList<RelationColumn> columns) => columns.All(column =>
        _columns.TryGetValue(column.Name, out var type) && !IsUnsigned(type.Converted) && type.Physical == column.Type switch
        {
            "BOOLEAN" => 0,
            "INTEGER" => 1,
            "BIGINT" or "TIMESTAMP" => 2,
            _ => 6,
        });

    /// <summary>UINT_8 to UINT_64 of Parquet's converted types.</summary>
    private static bool IsUnsigned(long? converted) => converted is >= 11 and <= 14;

    private void Parse(ReadOnlySpan<byte> bytes)
    {
        var reader = new FooterReader(bytes);
        var id = 0;
        while (reader.Field(ref id) is var wire and not FooterReader.Wire.Stop)
        {
            switch (id, wire)
            {
                case (2, FooterReader.Wire.List):
                    for (var left = reader.List(out _); left > 0; left--)
                    {
                        ParseColumn(ref reader);
                    }

                    break;
                case (3, FooterReader.Wire.Int64):
                    Rows = reader.Number();
                    break;
                case (5, FooterReader.Wire.List):
                    for (var left = reader.List(out _); left > 0; left--)
                    {
                        ParseMetadata(ref reader);
                    }

                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }
    }

    private void ParseColumn(ref FooterReader reader)
    {
        var (id, physical, converted, name) = (0, -1L, (long?)null, "");
        while (reader.Field(ref id) is var wire and not FooterReader.Wire.Stop)
        {
            switch (id, wire)
            {
                case (1, FooterReader.Wire.Int32):
                    physical = reader.Number();
                    break;
                case (4, FooterReader.Wire.Binary):
                    name = reader.Text();
                    break;
                case (6, FooterReader.Wire.Int32):
                    converted = reader.Number();
                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }

        _columns[name] = (physical, converted);
    }

    private void ParseMetadata(ref FooterReader reader)
    {
        var (id, key, value) = (0, "", "");
        while (reader.Field(ref id) is var wire and not FooterReader.Wire.Stop)
        {
            switch (id, wire)
            {
                case (1, FooterReader.Wire.Binary):
                    key = reader.Text();
                    break;
                case (2, FooterReader.Wire.Binary):
                    value = reader.Text();
                    break;
                default:
                    reader.Skip(wire);
                    break;
            }
        }

        _metadata[key] = value;
    }
}

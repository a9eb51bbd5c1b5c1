using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using NetMon.Foundation;

namespace NetMon.Parquet.Reading;

/// <summary>
/// A Parquet file opened for reading, with its footer in memory. Its content is not trusted: a corrupt file costs at most a small multiple of its
/// footer in memory, and the time of reading it. Not thread-safe; owns the file.
/// </summary>
public sealed class ParquetFile : IDisposable
{
    private const int TrailerBytes = 2 * sizeof(int);
    private const int MostFooterBytes = 64 << 20;

    private readonly SafeFileHandle _file;
    private readonly Footer _footer;

    private ParquetFile(SafeFileHandle file, Footer footer) => (_file, _footer) = (file, footer);

    /// <summary>The total number of rows.</summary>
    public long Rows => _footer.Rows;

    /// <summary>The columns, in order. Those stored in a way that our files do not use have the kind <see cref="ColumnKind.Other"/>.</summary>
    public IReadOnlyList<ColumnDefinition> Columns => _footer.Columns;

    public IReadOnlyList<StoredRowGroup> RowGroups => _footer.Groups;

    /// <summary>Keys and values.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _footer.Metadata;

    /// <summary>Reads a file's footer and checks it against the file and, if present, its checksum.</summary>
    /// <param name="file">A regular file; ownership is transferred, even if this throws.</param>
    /// <exception cref="DamagedFileException">The file is not a complete Parquet file with flat columns.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static ParquetFile Open(SafeFileHandle file)
    {
        try
        {
            return new ParquetFile(file, ReadFooter(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Returns the index of a column; -1 if there is none of this name.</summary>
    public int IndexOf(string column)
    {
        for (var index = 0; index < Columns.Count; index++)
        {
            if (Columns[index].Name == column)
            {
                return index;
            }
        }

        return -1;
    }

    /// <summary>Whether it has these columns, in this order.</summary>
    public bool HasColumns(IReadOnlyList<ColumnDefinition> columns) =>
        columns.Select(column => (column.Name, column.Kind, column.IsOptional)).SequenceEqual(Columns.Select(column => (column.Name, column.Kind, column.IsOptional)));

    /// <summary>Fills a span with bytes of the file.</summary>
    /// <exception cref="DamagedFileException">The file is too short.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    internal void Read(long at, Span<byte> bytes) => Read(_file, at, bytes);

    public void Dispose() => _file.Dispose();

    private static Footer ReadFooter(SafeFileHandle file)
    {
        var length = Length(file);
        if (length < Format.Magic.Length + TrailerBytes)
        {
            throw new DamagedFileException($"it has {length} bytes: too short for a Parquet file");
        }

        Span<byte> ends = stackalloc byte[Format.Magic.Length + TrailerBytes];
        Read(file, 0, ends[..Format.Magic.Length]);
        Read(file, length - TrailerBytes, ends[Format.Magic.Length..]);
        if (!ends.StartsWith(Format.Magic) || !ends.EndsWith(Format.Magic))
        {
            throw new DamagedFileException("it does not begin and end like a Parquet file");
        }

        var footerLength = BinaryPrimitives.ReadUInt32LittleEndian(ends[Format.Magic.Length..]);
        if (footerLength > Math.Min(MostFooterBytes, length - TrailerBytes - Format.Magic.Length))
        {
            throw new DamagedFileException($"its footer claims to have {footerLength} bytes, and the file has {length}");
        }

        var at = length - TrailerBytes - footerLength;
        var bytes = new byte[footerLength];
        Read(file, at, bytes);
        var footer = FooterReader.Read(bytes, at);
        CheckFooter(bytes, footer);
        return footer;
    }

    private static void CheckFooter(byte[] bytes, Footer footer)
    {
        if (footer.Checksum is not { } checksum)
        {
            if (footer.Metadata.ContainsKey(Checksums.PagesKey))
            {
                throw new DamagedFileException("the footer's checksum is missing");
            }

            return;
        }

        var expected = footer.Metadata[Checksums.FooterKey];
        var digits = bytes.AsSpan(checksum);
        Span<byte> kept = stackalloc byte[Checksums.Digits];
        if (digits.Length != kept.Length)
        {
            throw new DamagedFileException("the footer's checksum has not eight digits");
        }

        digits.CopyTo(kept);
        digits.Fill((byte)'0');
        var crc = Crc32C.Of(bytes);
        kept.CopyTo(digits);
        if (Checksums.Text(crc) != expected)
        {
            throw new DamagedFileException("the footer's checksum does not match");
        }
    }

    private static long Length(SafeFileHandle file)
    {
        try
        {
            return RandomAccess.GetLength(file);
        }
        catch (NotSupportedException e)
        {
            throw new DamagedFileException("it is not a regular file", e);
        }
    }

    private static void Read(SafeFileHandle file, long at, Span<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(file, bytes, at);
            if (read == 0)
            {
                throw new DamagedFileException("it ends before its data does");
            }

            at += read;
            bytes = bytes[read..];
        }
    }
}

using NetMon.Parquet.Reading;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>A row group of events, one column of which is decoded at a time. One thread.</summary>
/// <param name="file">A piece or a sealed file; borrowed.</param>
/// <param name="group">Which row group.</param>
/// <param name="reader">Borrowed.</param>
internal sealed class EventSource(ParquetFile file, int group, ColumnReader reader)
{
    public int Rows => file.RowGroups[group].Rows;

    /// <summary>Decodes a column; what the last one gave is no longer valid.</summary>
    /// <exception cref="DamagedFileException">It is damaged, or not as this version writes it.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public ColumnReader Read(string column)
    {
        var expected = CaptureSchema.Columns.First(declared => declared.Name == column);
        var index = file.IndexOf(column);
        if (index < 0 || file.Columns[index].Kind != expected.Kind || file.Columns[index].IsOptional != expected.IsOptional)
        {
            throw new DamagedFileException($"{column}: it is not as this version writes it");
        }

        reader.Read(file, group, index);
        return reader;
    }
}

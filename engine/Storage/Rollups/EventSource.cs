using NetMon.Parquet;
using NetMon.Parquet.Reading;
using NetMon.Storage.Columns;

namespace NetMon.Storage.Rollups;

/// <summary>Reads columns of events back from files into a tap. Not thread-safe.</summary>
/// <param name="reader">Borrowed.</param>
internal sealed class EventSource(ColumnReader reader)
{
    private static readonly PlainTexts NoTexts = new();
    private static readonly Presence NoRows = new();

    /// <summary>Passes a row group to a tap.</summary>
    /// <param name="file">A piece or a sealed file.</param>
    /// <param name="group">The index of the row group.</param>
    /// <param name="tap">Receives the columns.</param>
    /// <exception cref="DamagedFileException">The file is corrupt, or not in the form that this version writes.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public void Read(ParquetFile file, int group, IRowGroupTap tap)
    {
        var chunks = file.RowGroups[group].Chunks;
        tap.BeginRowGroup(file.RowGroups[group].Rows, areDeltasKnown: chunks[IndexOf(file, "delta_sent")].Pages.Nulls == chunks[IndexOf(file, "bytes_sent")].Pages.Nulls);
        foreach (var column in EventTable.Columns)
        {
            if (column is "workload" or "workload_kind" && file.IndexOf(column) < 0)
            {
                tap.Take(column, default, NoTexts, NoRows); // the file is from an agent without workloads
                continue;
            }

            reader.Read(file, group, IndexOf(file, column));
            if (reader.IsText)
            {
                tap.Take(column, reader.Indices, reader.Texts, reader.Presence);
            }
            else
            {
                tap.Take(column, reader.Numbers, reader.Presence);
            }
        }

        tap.EndRowGroup();
    }

    private static int IndexOf(ParquetFile file, string column)
    {
        var expected = CaptureSchema.Columns.First(declared => declared.Name == column);
        var index = file.IndexOf(column);
        return index >= 0 && file.Columns[index].Kind == expected.Kind && file.Columns[index].IsOptional == expected.IsOptional
            ? index
            : throw new DamagedFileException($"{column}: not as this version writes it");
    }
}

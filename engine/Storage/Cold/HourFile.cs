using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Cold;

/// <summary>The Parquet file of an hour while it is assembled from pieces. The file is useless until <see cref="Complete"/> returns. Not thread-safe.</summary>
/// <param name="writer">The new file; borrowed.</param>
/// <param name="options">For the metadata, and the source of late names.</param>
internal sealed class HourFile(ParquetFileWriter writer, CaptureSinkOptions options) : IDisposable
{
    private readonly LateNameColumns _names = new(options.NamesOf);
    private string _first = "";
    private string _last = "";

    /// <summary>Rows written so far.</summary>
    public long Rows => writer.Rows;

    /// <summary>Paths of the pieces that were copied.</summary>
    public List<string> Pieces { get; } = [];

    /// <summary>Copies a piece's row groups. Damaged row groups are left out; the others are copied.</summary>
    /// <param name="path">The piece's path.</param>
    /// <param name="piece">The piece, which must have the columns of this file.</param>
    /// <returns>The rows of the row groups left out, and what is wrong with the first of them.</returns>
    /// <exception cref="IOException">A file can't be read or written.</exception>
    public (long Rows, string Damage) Add(string path, ParquetFile piece)
    {
        var (lost, damage) = (0L, "");
        _names.Begin(piece);
        for (var group = 0; group < piece.RowGroups.Count; group++)
        {
            try
            {
                writer.CopyRowGroup(piece, group, _names.RewriterOf(group));
            }
            catch (DamagedFileException found)
            {
                lost += piece.RowGroups[group].Rows;
                damage = damage.Length == 0 ? found.Message : damage;
            }
        }

        Widen(piece.Metadata.GetValueOrDefault(FileMetadata.FirstKey, ""), piece.Metadata.GetValueOrDefault(FileMetadata.LastKey, ""));
        Pieces.Add(path);
        return (lost, damage);
    }

    /// <summary>Writes the footer.</summary>
    /// <exception cref="IOException">The footer can't be written.</exception>
    public void Complete() => writer.Complete(FileMetadata.OfHour(options, writer.Rows, _first, _last, Pieces), FileMetadata.CreatedBy(options.AgentVersion));

    public void Dispose() => _names.Dispose();

    /// <summary>Timestamps of fixed width sort as text.</summary>
    private void Widen(string first, string last)
    {
        _first = _first.Length == 0 || string.CompareOrdinal(first, _first) < 0 ? first : _first;
        _last = string.CompareOrdinal(last, _last) > 0 ? last : _last;
    }
}

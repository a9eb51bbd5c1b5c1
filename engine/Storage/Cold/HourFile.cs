using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Cold;

/// <summary>The Parquet file of an hour while it is made of pieces. Nothing of it is worth keeping unless <see cref="Complete"/> comes to its end. One thread.</summary>
/// <param name="writer">The new file; borrowed.</param>
/// <param name="options">For the metadata, and who may know names by now.</param>
internal sealed class HourFile(ParquetFileWriter writer, CaptureSinkOptions options) : IDisposable
{
    private readonly LateNameColumns _names = new(options.NamesOf);
    private string _first = "";
    private string _last = "";

    /// <summary>Rows that are in it.</summary>
    public long Rows => writer.Rows;

    /// <summary>The pieces that are in it, by their paths.</summary>
    public List<string> Pieces { get; } = [];

    /// <summary>Copies a piece's row groups. One that is damaged is left out, the others are in the file.</summary>
    /// <param name="path">The piece's.</param>
    /// <param name="piece">With the columns of the file.</param>
    /// <returns>Rows of the row groups that were left out, and what is wrong with the first of them.</returns>
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
    /// <exception cref="IOException">It can't.</exception>
    public void Complete() => writer.Complete(FileMetadata.OfHour(options, writer.Rows, _first, _last, Pieces), FileMetadata.CreatedBy(options.AgentVersion));

    public void Dispose() => _names.Dispose();

    /// <summary>Times of a fixed form are in the order of their texts.</summary>
    private void Widen(string first, string last)
    {
        _first = _first.Length == 0 || string.CompareOrdinal(first, _first) < 0 ? first : _first;
        _last = string.CompareOrdinal(last, _last) > 0 ? last : _last;
    }
}

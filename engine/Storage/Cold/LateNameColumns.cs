using System.Text;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Cold;

/// <summary>
/// Fills in names of containers that were unknown when a piece was made, while its row groups are copied: rewrites the columns of
/// container names from the old columns and the ids. Not thread-safe.
/// </summary>
/// <param name="namesOf">Returns a container with its names if they are known by now, else null. Null: no names are available.</param>
internal sealed class LateNameColumns(Func<ContainerIdentity, ContainerIdentity?>? namesOf) : IDisposable
{
    private static readonly Dictionary<string, ContainerColumn> Columns = EventColumns.ContainerTexts.ToDictionary(column => column.Name);
    private static readonly string Id = EventColumns.ContainerTexts[0].Name;

    private readonly Dictionary<string, ContainerIdentity> _named = new(StringComparer.Ordinal);
    private readonly ColumnReader _ids = new();
    private readonly ColumnReader _old = new();
    private readonly DistinctTexts _texts = new();
    private readonly Presence _present = new();
    private ParquetFile _piece = null!;

    /// <summary>Looks up the names that a piece lacks.</summary>
    /// <param name="piece">Borrowed until the next call.</param>
    public void Begin(ParquetFile piece)
    {
        _piece = piece;
        _named.Clear();
        foreach (var id in FileMetadata.UnnamedIn(piece.Metadata))
        {
            if (namesOf?.Invoke(new ContainerIdentity(id)) is { IsNamed: true } container)
            {
                _named[id] = container;
            }
        }
    }

    /// <summary>Returns the writer of a row group's name columns; null if the whole row group can be copied.</summary>
    public Func<RowGroupWriter, ColumnDefinition, bool>? RewriterOf(int group) =>
        _named.Count == 0 ? null : (writer, column) => Rewrite(writer, column, group);

    public void Dispose()
    {
        _ids.Dispose();
        _old.Dispose();
    }

    private bool Rewrite(RowGroupWriter writer, ColumnDefinition column, int group)
    {
        if (column.Name == Id || !Columns.TryGetValue(column.Name, out var name))
        {
            return false;
        }

        _ids.Read(_piece, group, _piece.IndexOf(Id));
        _old.Read(_piece, group, _piece.IndexOf(column.Name));
        var named = Texts(_ids.Texts).Select(id => _named.TryGetValue(id, out var container) && name.TextOf(container) is { Length: > 0 } text ? text : null).ToArray();
        var before = Texts(_old.Texts);
        var (ids, old) = (_ids.Indices.ToArray(), _old.Indices.ToArray());
        _texts.Clear();
        var texts = new uint[_piece.RowGroups[group].Rows]; // index + 1; 0: none
        for (var n = 0; n < old.Length; n++)
        {
            texts[_old.RowOf(n)] = _texts.IndexOf(before[(int)old[n]]) + 1;
        }

        for (var n = 0; n < ids.Length; n++)
        {
            if (named[ids[n]] is { } text)
            {
                texts[_ids.RowOf(n)] = _texts.IndexOf(text) + 1;
            }
        }

        _present.Settle(Array.ConvertAll(texts, text => Math.Min(text, 1)));
        writer.WriteTexts(column, Array.ConvertAll(_present.Rows.ToArray(), row => texts[row] - 1), _texts.Texts, _present);
        return true;
    }

    private static List<string> Texts(PlainTexts texts)
    {
        var strings = new List<string>(texts.Count);
        foreach (var text in texts)
        {
            strings.Add(Encoding.UTF8.GetString(text));
        }

        return strings;
    }
}

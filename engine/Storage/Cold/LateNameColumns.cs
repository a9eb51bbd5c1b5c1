using System.Text;
using NetMon.Events;
using NetMon.Events.Columns;
using NetMon.Parquet;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Cold;

/// <summary>
/// Fills names into a copied row group that were not known when its piece was made: the columns of containers' names are made anew
/// from the old ones and from the ids. One thread.
/// </summary>
/// <param name="namesOf">Who knows a container's names by now gives them, else null; null: nobody does.</param>
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

    /// <summary>Asks for the names that a piece has not.</summary>
    /// <param name="piece">Borrowed until the next.</param>
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

    /// <summary>What writes the columns of names of a row group; null where all of it may be copied.</summary>
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
        var texts = new uint[_piece.RowGroups[group].Rows]; // and one; 0: none
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

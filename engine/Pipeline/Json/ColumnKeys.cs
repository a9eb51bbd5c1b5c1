using System.Text;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Pipeline.Json;

/// <summary>
/// Writes columns as keys of a line, in the order of their declaration: what each kind of event has is found once, and keys and
/// words are encoded once. Immutable; any thread.
/// </summary>
internal sealed class ColumnKeys
{
    private readonly Key[][] _keys;

    /// <param name="prefix">Stands before each column's name.</param>
    /// <param name="columns">Columns of numbers and of words.</param>
    public ColumnKeys(string prefix, IEnumerable<EventColumn> columns)
    {
        Key[] keys = [.. columns.Select(column => new Key(column, prefix))];
        _keys = new Key[1 + (int)Enum.GetValues<RecordKind>().Max()][];
        for (var kind = 0; kind < _keys.Length; kind++)
        {
            _keys[kind] = [.. keys.Where(key => key.Column.Rows.MayHave((RecordKind)kind))];
        }
    }

    /// <summary>Appends ,"name":value for each column that the event has a value in.</summary>
    public void Write(ref Utf8Cursor line, in ConnectionEvent e)
    {
        var facts = e.Facts;
        foreach (var key in _keys[(int)facts.Kind])
        {
            if (key.Column.Rows.Has(in facts))
            {
                key.Write(ref line, in e.Record, in facts);
            }
        }
    }

    private sealed class Key
    {
        private readonly byte[] _name;
        private readonly NumberColumn? _number;
        private readonly WordColumn? _word;
        private readonly byte[][] _namesAndWords = [];

        public Key(EventColumn column, string prefix)
        {
            Column = column;
            _name = Encoding.UTF8.GetBytes($",\"{prefix}{column.Name}\":");
            (_number, _word) = (column as NumberColumn, column as WordColumn);
            if (_word is not null)
            {
                _namesAndWords = [.. _word.Words.Select(word => (byte[])[.. _name, .. Encoding.UTF8.GetBytes($"\"{word}\"")])];
            }
            else if (_number is null)
            {
                throw new InvalidOperationException($"{column.Name}: lines have no such kind of key");
            }
        }

        public EventColumn Column { get; }

        public void Write(ref Utf8Cursor line, in ConnectionRecord record, in EventFacts facts)
        {
            if (_number is not null)
            {
                line.Append(_name);
                line.Append((ulong)_number.ValueOf(_number.Number.Number(in record)));
            }
            else
            {
                line.Append(_namesAndWords[_word!.IndexOf(facts)]);
            }
        }
    }
}

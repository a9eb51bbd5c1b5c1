using System.Runtime.InteropServices;
using System.Text;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Pipeline.Json;

/// <summary>
/// Writes columns as keys of a line, in the order of their declaration. What each kind of event has is found once, and keys and
/// words are encoded once. Immutable; any thread.
/// </summary>
internal sealed class ColumnKeys
{
    private readonly Key[][] _keys;

    /// <param name="prefix">Stands before each column's name.</param>
    /// <param name="columns">Columns of numbers and of words.</param>
    public ColumnKeys(string prefix, IEnumerable<EventColumn> columns)
    {
        EventColumn[] all = [.. columns];
        _keys = new Key[1 + (int)Enum.GetValues<RecordKind>().Max()][];
        for (var kind = 0; kind < _keys.Length; kind++)
        {
            _keys[kind] = [.. all.Where(column => column.Rows.MayHave((RecordKind)kind)).Select(column => new Key(column, prefix))];
        }
    }

    /// <summary>Appends ,"name":value for each column that the event has a value in.</summary>
    public void Write(ref Utf8Cursor line, in ConnectionEvent e)
    {
        var facts = e.Facts;
        var record = MemoryMarshal.AsBytes(new ReadOnlySpan<ConnectionRecord>(in e.Record));
        foreach (ref readonly var key in _keys[(int)facts.Kind].AsSpan())
        {
            if (key.Condition is { } condition && !condition.Has(in facts))
            {
                continue;
            }

            if (key.IndexOf is { } indexOf)
            {
                line.Append(key.Texts[indexOf(facts)]);
                continue;
            }

            line.Append(key.Texts[0]);
            var value = record[key.Offset..];
            line.Append(key.Type switch
            {
                FieldType.UInt32 => MemoryMarshal.Read<uint>(value),
                FieldType.UInt64 when key.IsStoredInNanoseconds => NumberColumn.Microseconds(MemoryMarshal.Read<ulong>(value)),
                FieldType.UInt64 => MemoryMarshal.Read<ulong>(value),
                FieldType.UInt16 => MemoryMarshal.Read<ushort>(value),
                _ => value[0],
            });
        }
    }

    private readonly struct Key
    {
        public Key(EventColumn column, string prefix)
        {
            var name = Encoding.UTF8.GetBytes($",\"{prefix}{column.Name}\":");
            Condition = column.Rows.HasCondition ? column.Rows : null;
            switch (column)
            {
                case NumberColumn number:
                    (Offset, Type, IsStoredInNanoseconds) = (number.Number.Offset, number.Number.Type, number.IsStoredInNanoseconds);
                    Texts = [name];
                    break;
                case WordColumn word:
                    IndexOf = word.IndexOf;
                    Texts = [.. word.Words.Select(text => (byte[])[.. name, .. Encoding.UTF8.GetBytes($"\"{text}\"")])];
                    break;
                default:
                    throw new InvalidOperationException($"{column.Name}: lines have no such kind of key");
            }
        }

        /// <summary>Decides whether an event has the key; null: its kind alone does.</summary>
        public ColumnRows? Condition { get; }

        /// <summary>The name of a number's key, or the name and the word for each word.</summary>
        public byte[][] Texts { get; }

        /// <summary>Which word it is; null for a number.</summary>
        public Func<EventFacts, int>? IndexOf { get; }

        public int Offset { get; }

        public FieldType Type { get; }

        public bool IsStoredInNanoseconds { get; }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Pipeline.Json;

/// <summary>
/// Writes columns as keys of a line, in the order of their declaration. The columns of each event type are determined once, and keys and
/// words are encoded once. Immutable and thread-safe.
/// </summary>
internal sealed class ColumnKeys
{
    private readonly Key[][] _keys;

    /// <param name="columns">Columns of numbers, words, flags and addresses.</param>
    /// <param name="nameOf">Returns the key of a column for an event type; null: these events do not have it.</param>
    public ColumnKeys(IEnumerable<EventColumn> columns, Func<EventColumn, RecordKind, string?> nameOf)
    {
        EventColumn[] all = [.. columns];
        _keys = new Key[1 + (int)Enum.GetValues<RecordKind>().Max()][];
        for (var kind = 0; kind < _keys.Length; kind++)
        {
            _keys[kind] =
            [
                .. from column in all
                   where column.Rows.MayHave((RecordKind)kind)
                   let name = nameOf(column, (RecordKind)kind)
                   where name is not null
                   select new Key(column, name),
            ];
        }
    }

    /// <summary>Appends ,"name":value for each column for which the event has a value.</summary>
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
            if (key.IsFlag)
            {
                continue;
            }

            var value = record[key.Offset..];
            if (key.Type == FieldType.Bytes16)
            {
                line.Append("\""u8);
                line.AppendAddress(value[..Unsafe.SizeOf<InlineBytes16>()]);
                line.Append("\""u8);
                continue;
            }

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
        public Key(EventColumn column, string key)
        {
            var name = Encoding.UTF8.GetBytes($",\"{key}\":");
            Condition = column.Rows.HasCondition ? column.Rows : null;
            switch (column)
            {
                case NumberColumn number:
                    (Offset, Type, IsStoredInNanoseconds) = (number.Number.Offset, number.Number.Type, number.IsStoredInNanoseconds);
                    Texts = [name];
                    break;
                case AddressColumn address:
                    (Offset, Type) = (address.Address.Offset, address.Address.Type);
                    Texts = [name];
                    break;
                case FlagColumn:
                    IsFlag = true;
                    Texts = [[.. name, .. "true"u8]];
                    break;
                case WordColumn word:
                    IndexOf = word.IndexOf;
                    Texts = [.. word.Words.Select(text => (byte[])[.. name, .. Encoding.UTF8.GetBytes($"\"{text}\"")])];
                    break;
                default:
                    throw new InvalidOperationException($"{column.Name}: lines have no such kind of key");
            }
        }

        /// <summary>Decides whether an event has the key; null: all events of the type have it.</summary>
        public ColumnRows? Condition { get; }

        /// <summary>The name of the key; for words and flags, the name with each possible value.</summary>
        public byte[][] Texts { get; }

        /// <summary>Returns the index of the word; null for other columns.</summary>
        public Func<EventFacts, int>? IndexOf { get; }

        /// <summary>Whether the column is a flag, with its values in the texts.</summary>
        public bool IsFlag { get; }

        public int Offset { get; }

        public FieldType Type { get; }

        public bool IsStoredInNanoseconds { get; }
    }
}

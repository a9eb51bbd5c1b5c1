using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace NetMon.Events.Columns;

/// <summary>
/// A field of an event that hot segments store unchanged: a field of <see cref="ConnectionRecord"/>, or the event's time. Columns of files and
/// keys of lines are derived from fields. Immutable.
/// </summary>
public sealed class EventField
{
    private const int TimeOffset = -1;

    private EventField(string name, FieldType type, int offset, string meaning)
    {
        (Name, Type, Offset, Meaning) = (name, type, offset, meaning);
        Width = WidthOf(type);
    }

    /// <summary>The name of the column in a hot segment.</summary>
    public string Name { get; }

    public FieldType Type { get; }

    /// <summary>The offset in the record in bytes; -1 for the event's time, which is not in the record.</summary>
    public int Offset { get; }

    /// <summary>The size of a value in bytes.</summary>
    public int Width { get; }

    /// <summary>The description in <c>schemas/hot.md</c>.</summary>
    public string Meaning { get; }

    /// <summary>Creates the field of the event's time.</summary>
    public static EventField Time(string name, string meaning) => new(name, FieldType.Timestamp, TimeOffset, meaning);

    /// <summary>Creates a field of the record; its type must have the width of <paramref name="type"/>.</summary>
    public static EventField Of<T>(string name, FieldType type, FieldReference<T> reference, string meaning)
        where T : unmanaged
    {
        if (Unsafe.SizeOf<T>() != WidthOf(type))
        {
            throw new ArgumentException($"{name} has {Unsafe.SizeOf<T>()} bytes, and {type} has {WidthOf(type)}", nameof(type));
        }

        var record = default(ConnectionRecord);
        ref var start = ref Unsafe.As<ConnectionRecord, byte>(ref record);
        ref var field = ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in reference(in record)));
        return new EventField(name, type, (int)Unsafe.ByteOffset(ref start, ref field), meaning);
    }

    /// <summary>Copies this field of each event into a column of consecutive values.</summary>
    /// <param name="events">The events.</param>
    /// <param name="column">Receives the values; at least <see cref="Width"/> bytes per event.</param>
    public void Gather(ReadOnlySpan<ConnectionEvent> events, Span<byte> column)
    {
        switch (Type)
        {
            case FieldType.Timestamp:
                GatherTimes(events, MemoryMarshal.Cast<byte, long>(column));
                break;
            case FieldType.UInt8:
                Gather<byte>(events, column);
                break;
            case FieldType.UInt16:
                Gather<ushort>(events, column);
                break;
            case FieldType.UInt32:
                Gather<uint>(events, column);
                break;
            case FieldType.UInt64:
                Gather<ulong>(events, column);
                break;
            default:
                Gather<InlineBytes16>(events, column);
                break;
        }
    }

    /// <summary>Returns a row of a column as a number: the value of an unsigned field, reinterpreted as signed if it has 64 bits.</summary>
    public long Number(ReadOnlySpan<byte> column, int row)
    {
        var value = column[(Width * row)..];
        return Width switch
        {
            1 => value[0],
            2 => MemoryMarshal.Read<ushort>(value),
            4 => MemoryMarshal.Read<uint>(value),
            _ => MemoryMarshal.Read<long>(value),
        };
    }

    /// <summary>Converts values of a column to numbers as <see cref="Number"/> does.</summary>
    /// <param name="column">The column.</param>
    /// <param name="rows">The rows to convert, in order.</param>
    /// <param name="numbers">Receives the numbers.</param>
    public void Numbers(ReadOnlySpan<byte> column, ReadOnlySpan<int> rows, Span<long> numbers)
    {
        switch (Width)
        {
            case 1:
                Widen(column, rows, numbers);
                break;
            case 2:
                Widen(MemoryMarshal.Cast<byte, ushort>(column), rows, numbers);
                break;
            case 4:
                Widen(MemoryMarshal.Cast<byte, uint>(column), rows, numbers);
                break;
            default:
                Widen(MemoryMarshal.Cast<byte, long>(column), rows, numbers);
                break;
        }
    }

    /// <summary>Returns the size of a value of this type in bytes.</summary>
    public static int WidthOf(FieldType type) => type switch
    {
        FieldType.UInt8 => 1,
        FieldType.UInt16 => 2,
        FieldType.UInt32 => 4,
        FieldType.Bytes16 => 16,
        _ => 8,
    };

    private static void GatherTimes(ReadOnlySpan<ConnectionEvent> events, Span<long> times)
    {
        times = times[..events.Length];
        for (var row = 0; row < times.Length; row++)
        {
            times[row] = events[row].UnixNanoseconds;
        }
    }

    private void Gather<T>(ReadOnlySpan<ConnectionEvent> events, Span<byte> column)
        where T : unmanaged
    {
        var values = MemoryMarshal.Cast<byte, T>(column)[..events.Length];
        var offset = Offset;
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = MemoryMarshal.Read<T>(MemoryMarshal.AsBytes(new ReadOnlySpan<ConnectionRecord>(in events[row].Record))[offset..]);
        }
    }

    private static void Widen<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> rows, Span<long> numbers)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        numbers = numbers[..rows.Length];
        for (var n = 0; n < numbers.Length; n++)
        {
            numbers[n] = long.CreateTruncating(values[rows[n]]);
        }
    }
}

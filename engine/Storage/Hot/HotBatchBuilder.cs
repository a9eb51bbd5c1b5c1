using System.Numerics;
using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// Builds the columns of a segment's next batch directly from records. Allocates once, for the maximum number of rows of a batch. Not
/// thread-safe.
/// </summary>
internal sealed class HotBatchBuilder
{
    /// <summary>Events that are gathered together: 13 KiB, so that they stay in the L1 cache from column to column.</summary>
    private const int BlockRows = 64;

    private static readonly HotFormat Format = HotFormat.Current;
    private static readonly int TimeColumn = HotColumns.IndexOf(EventFields.Time);

    private readonly byte[] _body = new byte[Format.Layout.BodyLength(HotLimits.BatchRows)];

    public int Rows { get; private set; }

    public bool IsFull => Rows == HotLimits.BatchRows;

    /// <summary>The size of the message that <see cref="Write"/> produces, in bytes.</summary>
    public int MessageLength => Format.Messages.Batch.Length + Format.Layout.BodyLength(Rows);

    /// <summary>Adds events from the start of the span, as long as there is room and their container and peer fit the dictionaries. Returns how many.</summary>
    public int Add(ReadOnlySpan<ConnectionEvent> events, HotDictionaries dictionaries)
    {
        events = events[..Math.Min(events.Length, HotLimits.BatchRows - Rows)];
        events = events[..AddIndices(events, dictionaries.Containers)];
        events = events[..AddIndices(events, dictionaries.Peers)];
        for (var from = 0; from < events.Length; from += BlockRows)
        {
            var block = events.Slice(from, Math.Min(BlockRows, events.Length - from));
            for (var column = 0; column < Format.Columns.Fields.Count; column++)
            {
                EventColumns.Fields[column].Gather(block, Free(column, from));
            }
        }

        Rows += events.Length;
        return events.Length;
    }

    /// <summary>Writes the rows as a message of <see cref="MessageLength"/> bytes.</summary>
    public void Write(Span<byte> message)
    {
        var body = message[Format.Messages.Batch.Length..];
        Span<int> nulls = stackalloc int[Format.Columns.Dictionaries.Count];
        for (var dictionary = 0; dictionary < nulls.Length; dictionary++)
        {
            var validity = Validity(dictionary);
            nulls[dictionary] = Rows - CountBits(validity);
            CopyAligned(validity, body[Format.Layout.Validity(dictionary, Rows)..]);
        }

        Format.Metadata.RenderBatch(message, Rows, nulls);
        for (var column = 0; column < Format.Columns.Count; column++)
        {
            var values = _body.AsSpan(Format.Layout.Column(column, HotLimits.BatchRows), Format.Columns.Widths[column] * Rows);
            CopyAligned(values, body[Format.Layout.Column(column, Rows)..]);
        }

        MessageTrailer.Write(message);
    }

    /// <summary>Returns the number and time range of the rows.</summary>
    public WrittenRows Describe()
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var time in MemoryMarshal.Cast<byte, long>(_body.AsSpan(Format.Layout.Column(TimeColumn, HotLimits.BatchRows), sizeof(long) * Rows)))
        {
            (first, last) = (Math.Min(first, time), Math.Max(last, time));
        }

        return new WrittenRows(Rows, first, last);
    }

    /// <summary>Removes all rows; keeps the memory.</summary>
    public void Clear() => Rows = 0;

    /// <summary>Copies bytes and pads them with zeros to a multiple of eight.</summary>
    private static void CopyAligned(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        bytes.CopyTo(target);
        target[bytes.Length..HotLayout.Align(bytes.Length)].Clear();
    }

    /// <summary>Adds the events' entries to a dictionary until one does not fit; returns the number of events added.</summary>
    private int AddIndices<T, TKind>(ReadOnlySpan<ConnectionEvent> events, IdentityDictionary<T, TKind> dictionary)
        where T : class
        where TKind : struct, IIdentityKind<T>
    {
        var indices = MemoryMarshal.Cast<byte, short>(Free(Format.Columns.ColumnOf(TKind.Dictionary), 0));
        var validity = _body.AsSpan(Format.Layout.Validity(TKind.Dictionary, HotLimits.BatchRows));
        for (var row = 0; row < events.Length; row++)
        {
            short index = 0;
            var entry = TKind.Of(in events[row]);
            if (entry is not null && !dictionary.TryIndex(entry, out index))
            {
                return row;
            }

            indices[row] = index;
            ref var bits = ref validity[(Rows + row) / 8];
            var bit = 1 << ((Rows + row) % 8);
            bits = (byte)((bits & (bit - 1)) | (entry is null ? 0 : bit));
        }

        return events.Length;
    }

    /// <summary>The rows' validity bits; the unused bits of the last byte are 0.</summary>
    private Span<byte> Validity(int dictionary)
    {
        var validity = _body.AsSpan(Format.Layout.Validity(dictionary, HotLimits.BatchRows), (Rows + 7) / 8);
        if (Rows % 8 != 0)
        {
            validity[^1] &= (byte)((1 << (Rows % 8)) - 1); // clears rows that the other dictionary had no room for
        }

        return validity;
    }

    private static int CountBits(ReadOnlySpan<byte> bytes)
    {
        var count = 0;
        foreach (var bits in bytes)
        {
            count += BitOperations.PopCount(bits);
        }

        return count;
    }

    /// <summary>Returns the free space of a column from the nth value on.</summary>
    private Span<byte> Free(int column, int n)
    {
        var width = Format.Columns.Widths[column];
        return _body.AsSpan(Format.Layout.Column(column, HotLimits.BatchRows) + width * (Rows + n), width * (HotLimits.BatchRows - Rows - n));
    }
}

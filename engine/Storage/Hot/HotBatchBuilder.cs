using System.Numerics;
using System.Runtime.InteropServices;
using NetMon.Events;
using NetMon.Events.Columns;

namespace NetMon.Storage.Hot;

/// <summary>
/// Gathers the columns of the next batch of a segment, straight from the records. Its memory is a body with the most rows that a
/// batch may have, allocated once. One thread.
/// </summary>
internal sealed class HotBatchBuilder
{
    /// <summary>Events whose columns are gathered together: 13 KiB, so that they stay in the processor's first cache from column to column.</summary>
    private const int BlockRows = 64;

    private static readonly HotFormat Format = HotFormat.Current;
    private static readonly int TimeColumn = HotColumns.IndexOf(EventFields.Time);

    private readonly byte[] _body = new byte[Format.Layout.BodyLength(HotLimits.BatchRows)];

    public int Rows { get; private set; }

    public bool IsFull => Rows == HotLimits.BatchRows;

    /// <summary>Bytes of the message that <see cref="Write"/> writes.</summary>
    public int MessageLength => Format.Messages.Batch.Length + Format.Layout.BodyLength(Rows);

    /// <summary>Takes the first events, as many as there is room for and whose container and peer have an index; returns how many.</summary>
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

    /// <summary>Writes the rows as a message, <see cref="MessageLength"/> bytes.</summary>
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

    /// <summary>The rows' number and times.</summary>
    public WrittenRows Describe()
    {
        var (first, last) = (long.MaxValue, long.MinValue);
        foreach (var time in MemoryMarshal.Cast<byte, long>(_body.AsSpan(Format.Layout.Column(TimeColumn, HotLimits.BatchRows), sizeof(long) * Rows)))
        {
            (first, last) = (Math.Min(first, time), Math.Max(last, time));
        }

        return new WrittenRows(Rows, first, last);
    }

    /// <summary>Forgets the rows; keeps the memory.</summary>
    public void Clear() => Rows = 0;

    /// <summary>Copies and fills up with zeros to the next eight bytes.</summary>
    private static void CopyAligned(ReadOnlySpan<byte> bytes, Span<byte> target)
    {
        bytes.CopyTo(target);
        target[bytes.Length..HotLayout.Align(bytes.Length)].Clear();
    }

    /// <summary>Takes the events' entries of a dictionary, up to the first that has no room in it; returns how many events.</summary>
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

    /// <summary>The rows' validity bits; those after the last row in its byte are 0.</summary>
    private Span<byte> Validity(int dictionary)
    {
        var validity = _body.AsSpan(Format.Layout.Validity(dictionary, HotLimits.BatchRows), (Rows + 7) / 8);
        if (Rows % 8 != 0)
        {
            validity[^1] &= (byte)((1 << (Rows % 8)) - 1); // another dictionary may have had no room for the rows behind
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

    /// <summary>A column's free places, from the nth on.</summary>
    private Span<byte> Free(int column, int n)
    {
        var width = Format.Columns.Widths[column];
        return _body.AsSpan(Format.Layout.Column(column, HotLimits.BatchRows) + width * (Rows + n), width * (HotLimits.BatchRows - Rows - n));
    }
}

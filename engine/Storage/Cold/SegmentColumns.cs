using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using NetMon.Storage.Hot;

namespace NetMon.Storage.Cold;

/// <summary>
/// Reads single columns of batches at known positions, so that a row group needs the memory of one column rather than all. The batches
/// were verified when they were found. Not thread-safe; owns the files.
/// </summary>
/// <param name="open">Opens each segment when needed, in the order of the segments.</param>
internal sealed class SegmentColumns(IReadOnlyList<Func<SafeFileHandle>> open) : IDisposable
{
    /// <summary>The entry of a row without a reference.</summary>
    public const int NoEntry = -1;

    private static readonly HotFormat Format = HotFormat.Current;

    private readonly SafeFileHandle?[] _files = new SafeFileHandle?[open.Count];
    private readonly short[] _entries = new short[HotLimits.BatchRows];
    private readonly byte[] _validity = new byte[HotLimits.BatchRows / 8];
    private HotSegmentReader? _older;
    private BatchPlace? _olderPlace;

    /// <summary>Reads values of a column.</summary>
    /// <param name="place">The batch.</param>
    /// <param name="column">An index into <see cref="HotColumns"/>.</param>
    /// <param name="first">The first row.</param>
    /// <param name="values">Receives the stored values of consecutive rows; its length determines how many.</param>
    /// <exception cref="IOException">The values can't be read any more.</exception>
    public void Read(BatchPlace place, int column, int first, Span<byte> values)
    {
        var skipped = first * Format.Columns.Widths[column];
        if (place.IsCurrent)
        {
            Read(place, Format.Layout.Column(column, place.Rows) + skipped, values);
        }
        else
        {
            Older(place).Column(column).Slice(skipped, values.Length).CopyTo(values);
        }
    }

    /// <summary>Reads the dictionary entries that rows refer to.</summary>
    /// <param name="place">The batch.</param>
    /// <param name="dictionary">The number of the dictionary.</param>
    /// <param name="first">The first row.</param>
    /// <param name="entries">Receives an entry or <see cref="NoEntry"/> for each of consecutive rows; its length determines how many.</param>
    /// <exception cref="IOException">The entries can't be read any more.</exception>
    public void ReadEntries(BatchPlace place, int dictionary, int first, Span<int> entries)
    {
        if (!place.IsCurrent)
        {
            var older = Older(place).References[dictionary];
            for (var row = 0; row < entries.Length; row++)
            {
                entries[row] = older.Has(first + row) ? older.Indices[first + row] : NoEntry;
            }

            return;
        }

        var indices = _entries.AsSpan(0, entries.Length);
        Read(place, Format.Columns.ColumnOf(dictionary), first, MemoryMarshal.AsBytes(indices));
        Read(place, Format.Layout.Validity(dictionary, place.Rows), _validity.AsSpan(0, (place.Rows + 7) / 8));
        for (var row = 0; row < entries.Length; row++)
        {
            entries[row] = (_validity[(first + row) / 8] >> ((first + row) % 8) & 1) != 0 ? indices[row] : NoEntry;
        }
    }

    public void Dispose()
    {
        _older?.Dispose();
        foreach (var file in _files)
        {
            file?.Dispose();
        }
    }

    private void Read(BatchPlace place, int offset, Span<byte> bytes)
    {
        var file = _files[place.Segment] ??= open[place.Segment]();
        var at = place.Position + Format.Messages.Batch.Length + offset;
        while (!bytes.IsEmpty)
        {
            var read = RandomAccess.Read(file, bytes, at);
            if (read == 0)
            {
                throw new IOException("a hot segment became shorter while it was being read: another program wrote to the file");
            }

            at += read;
            bytes = bytes[read..];
        }
    }

    /// <summary>Returns a batch of an older version, converted. Caches the last one.</summary>
    private HotBatch Older(BatchPlace place)
    {
        if (_olderPlace != place)
        {
            if (_olderPlace?.Segment != place.Segment)
            {
                _older?.Dispose();
                _older = HotSegmentReader.Open(open[place.Segment]());
            }

            _olderPlace = place;
            if (!_older!.TryReadAt(place.Position, place.Containers, place.Peers))
            {
                throw new IOException($"a batch at byte {place.Position} of a hot segment changed while it was being read: another program wrote to the file");
            }
        }

        return _older!.Batch;
    }
}

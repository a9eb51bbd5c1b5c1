using System.Buffers;
using NetMon.Events;

namespace NetMon.Pipeline.Decode;

/// <summary>
/// Finds and validates the records in a stream of bytes. Invalid bytes are counted and skipped; nothing is read beyond a record's end.
/// Not thread-safe.
/// </summary>
public sealed class RecordDecoder
{
    private readonly byte[] _straddling = new byte[RecordFraming.MaxRecordBytes];
    private bool _inCorruptRun;

    /// <summary>What was decoded and skipped so far.</summary>
    public DecodeCounters Counters { get; } = new();

    /// <summary>
    /// Reads the next record that this build supports and advances the reader. False if there is no further complete record: the remaining
    /// bytes are the start of one, and must be passed again together with the following bytes.
    /// </summary>
    public bool TryRead(ref SequenceReader<byte> reader, out DecodedRecord record)
    {
        while (!reader.End)
        {
            var bytes = reader.UnreadSpan;
            var status = RecordFraming.Inspect(bytes, out var length);
            if (status == FrameStatus.Partial && reader.Remaining > bytes.Length)
            {
                bytes = Gather(ref reader);
                status = RecordFraming.Inspect(bytes, out length);
            }

            if (status == FrameStatus.Partial)
            {
                break;
            }

            reader.Advance(length);
            if (status == FrameStatus.Corrupt)
            {
                CountCorrupt(length);
                continue;
            }

            _inCorruptRun = false;
            if (status == FrameStatus.Whole)
            {
                record = new DecodedRecord(bytes[..length]);
                if (record.Kind is >= RecordKind.Connect and <= RecordKind.Flow)
                {
                    Counters.CountEvent();
                }

                return true;
            }

            Counters.CountUnknownVersion();
        }

        record = default;
        return false;
    }

    /// <summary>Records the end of the stream, with this many bytes after the last complete record.</summary>
    public void End(long tornBytes)
    {
        if (tornBytes > 0)
        {
            CountCorrupt(tornBytes);
        }
    }

    /// <summary>Copies a record that spans several segments into one buffer, together with the bytes after it.</summary>
    private ReadOnlySpan<byte> Gather(scoped ref SequenceReader<byte> reader)
    {
        var bytes = _straddling.AsSpan(0, (int)Math.Min(reader.Remaining, _straddling.Length));
        reader.TryCopyTo(bytes);
        return bytes;
    }

    private void CountCorrupt(long bytes)
    {
        Counters.CountCorrupt(bytes, startsRun: !_inCorruptRun);
        _inCorruptRun = true;
    }
}

using System.Buffers;
using NetMon.Events;

namespace NetMon.Pipeline.Decode;

/// <summary>
/// Finds the records in a stream of bytes and checks each. Bytes that are no record are counted and skipped; nothing is
/// read past a record's end. Not thread-safe.
/// </summary>
public sealed class RecordDecoder
{
    private readonly byte[] _straddling = new byte[RecordFraming.MaxRecordBytes];
    private bool _inGarbledRun;

    /// <summary>What was taken and skipped so far.</summary>
    public DecodeCounters Counters { get; } = new();

    /// <summary>
    /// Reads the next record that this build knows and moves behind it. False when the bytes at hand hold no more whole
    /// ones: what is left begins one, and has to be read again together with the bytes after it.
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
            if (status == FrameStatus.Garbled)
            {
                CountGarbled(length);
                continue;
            }

            _inGarbledRun = false;
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

    /// <summary>The stream has ended, with this many bytes after its last whole record.</summary>
    public void End(long tornBytes)
    {
        if (tornBytes > 0)
        {
            CountGarbled(tornBytes);
        }
    }

    /// <summary>The bytes of a record that lies in more than one segment, and what follows it.</summary>
    private ReadOnlySpan<byte> Gather(scoped ref SequenceReader<byte> reader)
    {
        var bytes = _straddling.AsSpan(0, (int)Math.Min(reader.Remaining, _straddling.Length));
        reader.TryCopyTo(bytes);
        return bytes;
    }

    private void CountGarbled(long bytes)
    {
        Counters.CountGarbled(bytes, startsRun: !_inGarbledRun);
        _inGarbledRun = true;
    }
}

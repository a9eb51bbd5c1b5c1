using System.Buffers.Text;
using System.Numerics;
using NetMon.Parquet.Reading;

namespace NetMon.Storage.Rollups;

/// <summary>
/// Counts of latencies in buckets that grow by one eighth, serialised as "bucket:count bucket:count" in ascending order. Memory is
/// reused. Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    /// <summary>The number of one-microsecond buckets at the start, and of buckets per power of two after them.</summary>
    private const int Steps = 8;

    private const int StepBits = 3;

    /// <summary>The number of buckets needed for 63-bit numbers.</summary>
    private const int Buckets = Steps * (63 - StepBits) + Steps;

    private readonly long[] _counts = new long[Buckets];
    private byte[] _text = new byte[256];
    private int _from = Buckets;
    private int _to;

    public bool IsEmpty => _from >= _to;

    /// <summary>Returns the bucket of a latency in microseconds, which must not be negative.</summary>
    public static int BucketOf(long microseconds)
    {
        if (microseconds < Steps)
        {
            return (int)microseconds;
        }

        var power = BitOperations.Log2((ulong)microseconds);
        return Steps * (power - StepBits + 1) + (int)((microseconds >> (power - StepBits)) & (Steps - 1));
    }

    /// <summary>Returns the lower bound of a bucket in microseconds.</summary>
    public static long LowerBound(int bucket) => bucket < Steps ? bucket : (Steps + bucket % Steps) << (bucket / Steps - 1);

    public void Add(int bucket, long count)
    {
        _counts[bucket] += count;
        (_from, _to) = (Math.Min(_from, bucket), Math.Max(_to, bucket + 1));
    }

    /// <summary>Adds the counts of a histogram's text; an empty text has none.</summary>
    /// <exception cref="DamagedFileException">The text is malformed.</exception>
    public void Add(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            if (!Utf8Parser.TryParse(text, out int bucket, out var read) || bucket is < 0 or >= Buckets || read >= text.Length || text[read] != ':'
                || !Utf8Parser.TryParse(text[(read + 1)..], out long count, out var countRead) || count < 1)
            {
                throw new DamagedFileException("latency: not a histogram");
            }

            Add(bucket, count);
            text = text[(read + 1 + countRead)..];
            if (!text.IsEmpty && text[0] == ' ')
            {
                text = text[1..];
            }
        }
    }

    /// <summary>Returns the counts as text, valid until the next call; empty if there are none.</summary>
    public ReadOnlySpan<byte> Text()
    {
        const int MostPair = 5 + 20;
        var length = 0;
        for (var bucket = _from; bucket < _to; bucket++)
        {
            if (_counts[bucket] == 0)
            {
                continue;
            }

            if (_text.Length < length + MostPair)
            {
                Array.Resize(ref _text, 2 * _text.Length);
            }

            if (length > 0)
            {
                _text[length++] = (byte)' ';
            }

            Utf8Formatter.TryFormat(bucket, _text.AsSpan(length), out var written);
            length += written;
            _text[length++] = (byte)':';
            Utf8Formatter.TryFormat(_counts[bucket], _text.AsSpan(length), out written);
            length += written;
        }

        return _text.AsSpan(0, length);
    }

    /// <summary>Removes the counts.</summary>
    public void Clear()
    {
        if (!IsEmpty)
        {
            _counts.AsSpan(_from, _to - _from).Clear();
        }

        (_from, _to) = (Buckets, 0);
    }
}

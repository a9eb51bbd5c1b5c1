using System.Buffers.Binary;

namespace NetMon.Fuzz;

/// <summary>Changes inputs at random, as AFL's havoc stage does, in one reused buffer. Single-threaded.</summary>
/// <param name="seed">Seeds the random numbers.</param>
/// <param name="usualBytes">Only one input in 256 may grow beyond this size: short inputs run faster.</param>
internal sealed class Mutation(ulong seed, int usualBytes)
{
    /// <summary>No input grows beyond this.</summary>
    private const int MostBytes = 16 << 10;

    private static readonly long[] Limits = [0, 1, -1, 16, 32, 64, 100, 127, 128, 255, 256, 512, 1000, 1024, 4096, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];
    private readonly FuzzRandom _random = new(seed);
    private byte[] _bytes = new byte[MostBytes];
    private int _length;
    private int _most;

    private int Room => Math.Max(0, Math.Min(_most, _bytes.Length) - _length);

    /// <summary>The current input; valid until the next call.</summary>
    public ReadOnlyMemory<byte> Input => _bytes.AsMemory(0, _length);

    /// <summary>Derives an input from one of the list with one to 16 changes, possibly with parts of the others.</summary>
    public void Next(List<byte[]> inputs)
    {
        Take(Parent(inputs));
        _most = _random.Below(256) == 0 ? MostBytes : Math.Min(MostBytes, Math.Max(_length, usualBytes));
        for (var changes = 1 << _random.Below(5); changes > 0; changes--)
        {
            Change(inputs);
        }
    }

    /// <summary>Uses an input unchanged.</summary>
    public void Take(byte[] input)
    {
        if (input.Length > _bytes.Length)
        {
            _bytes = new byte[input.Length];
        }

        input.CopyTo(_bytes, 0);
        _length = input.Length;
    }

    /// <summary>One of the newest, which took the most effort to reach, or the shorter of two random ones, which runs faster.</summary>
    private byte[] Parent(List<byte[]> inputs)
    {
        if (_random.Below(4) == 0)
        {
            return inputs[inputs.Count - 1 - _random.Below(Math.Min(inputs.Count, 16))];
        }

        var (one, other) = (inputs[_random.Below(inputs.Count)], inputs[_random.Below(inputs.Count)]);
        return one.Length < other.Length ? one : other;
    }

    private void Change(List<byte[]> inputs)
    {
        var at = _random.Below(_length + 1);
        switch (_random.Below(10))
        {
            case 0 or 1 when at < _length:
                _bytes[at] ^= (byte)(1 << _random.Below(8));
                break;
            case 2 when at < _length:
                _bytes[at] = (byte)_random.Below(256);
                break;
            case 3 when at < _length:
                _bytes[at] += (byte)(_random.Below(71) - 35);
                break;
            case 4 or 5:
                PutNumber(at);
                break;
            case 6:
                Remove(at, Part(_length - at));
                break;
            case 7:
                Insert(at, inputs[_random.Below(inputs.Count)]);
                break;
            case 8:
                Fill(at);
                break;
            case 9:
                var other = inputs[_random.Below(inputs.Count)];
                var from = _random.Below(other.Length + 1);
                var length = Math.Min(Part(other.Length - from), _length - at);
                other.AsSpan(from, length).CopyTo(_bytes.AsSpan(at));
                break;
        }
    }

    /// <summary>Mostly a few bytes.</summary>
    private int Part(int most) => _random.Below(Math.Min(most, 1 << _random.Below(14)) + 1);

    private void PutNumber(int at)
    {
        Span<byte> number = stackalloc byte[8];
        var value = Limits[_random.Below(Limits.Length)] + _random.Below(3) - 1;
        var width = 1 << _random.Below(4);
        if (_random.Below(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value << (64 - 8 * width));
        }

        width = Math.Min(width, _length - at);
        number[..width].CopyTo(_bytes.AsSpan(at));
    }

    private void Remove(int at, int length)
    {
        _bytes.AsSpan(at + length, _length - at - length).CopyTo(_bytes.AsSpan(at));
        _length -= length;
    }

    private void Insert(int at, ReadOnlySpan<byte> source)
    {
        var from = _random.Below(source.Length + 1);
        var length = Math.Min(Part(source.Length - from), Room);
        source.Slice(from, length).CopyTo(Gap(at, length));
    }

    /// <summary>Repeats a part, or inserts bytes of one value.</summary>
    private void Fill(int at)
    {
        var from = _random.Below(_length + 1);
        var length = Math.Min(Part(_length - from), Room);
        var gap = Gap(at, length);
        if (_random.Below(2) == 0)
        {
            gap.Fill((byte)_random.Below(256));
        }
        else
        {
            _bytes.AsSpan(Math.Min(from, _length - length), length).CopyTo(gap);
        }
    }

    /// <summary>Opens a gap; the caller overwrites its bytes.</summary>
    private Span<byte> Gap(int at, int length)
    {
        _bytes.AsSpan(at, _length - at).CopyTo(_bytes.AsSpan(at + length));
        _length += length;
        return _bytes.AsSpan(at, length);
    }
}

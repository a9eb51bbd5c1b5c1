using System.Buffers.Binary;

namespace NetMon.Fuzz;

/// <summary>Changes inputs at random, as AFL's havoc stage does. Single-threaded.</summary>
internal sealed class Mutation(int seed)
{
    /// <summary>No input becomes longer.</summary>
    private const int MostBytes = 16 << 10;

    private static readonly long[] Limits = [0, 1, -1, 16, 32, 64, 100, 127, 128, 255, 256, 512, 1000, 1024, 4096, 32767, 32768, 65535, 65536, int.MaxValue, int.MinValue, uint.MaxValue, long.MaxValue, long.MinValue];
    private readonly Random _random = new(seed);
    private byte[] _bytes = new byte[2 * MostBytes];
    private int _length;

    /// <summary>An input of the list with one to 32 changes, possibly with parts of the others.</summary>
    public byte[] Next(IReadOnlyList<byte[]> inputs)
    {
        // Newer inputs took more effort to reach: they get half of the time.
        var parent = inputs[_random.Next(2) == 0 ? _random.Next(inputs.Count) : inputs.Count - 1 - _random.Next(Math.Min(inputs.Count, 16))];
        if (parent.Length > _bytes.Length / 2)
        {
            _bytes = new byte[2 * parent.Length];
        }

        parent.CopyTo(_bytes, 0);
        _length = parent.Length;
        for (var changes = 1 << _random.Next(6); changes > 0; changes--)
        {
            Change(inputs);
        }

        return _bytes[.._length];
    }

    private void Change(IReadOnlyList<byte[]> inputs)
    {
        var at = _random.Next(_length + 1);
        switch (_random.Next(10))
        {
            case 0 or 1 when at < _length:
                _bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 2 when at < _length:
                _bytes[at] = (byte)_random.Next(256);
                break;
            case 3 when at < _length:
                _bytes[at] += (byte)(_random.Next(71) - 35);
                break;
            case 4 or 5:
                PutNumber(at);
                break;
            case 6:
                Remove(at, Part(_length - at));
                break;
            case 7:
                Insert(at, _bytes.AsSpan(0, _length), copies: true);
                break;
            case 8:
                Insert(at, inputs[_random.Next(inputs.Count)], copies: false);
                break;
            case 9:
                var other = inputs[_random.Next(inputs.Count)];
                var from = _random.Next(other.Length + 1);
                var length = Math.Min(Part(other.Length - from), _length - at);
                other.AsSpan(from, length).CopyTo(_bytes.AsSpan(at));
                break;
        }
    }

    /// <summary>Mostly a few bytes.</summary>
    private int Part(int most) => _random.Next(Math.Min(most, 1 << _random.Next(14)) + 1);

    private void PutNumber(int at)
    {
        Span<byte> number = stackalloc byte[8];
        var value = Limits[_random.Next(Limits.Length)] + _random.Next(3) - 1;
        var width = 1 << _random.Next(4);
        if (_random.Next(2) == 0)
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

    private void Insert(int at, ReadOnlySpan<byte> source, bool copies)
    {
        var from = _random.Next(source.Length + 1);
        var length = Math.Min(Part(source.Length - from), Math.Max(0, Math.Min(MostBytes, _bytes.Length) - _length));
        var part = source.Slice(from, length).ToArray();
        if (!copies && _random.Next(4) == 0)
        {
            part.AsSpan().Fill((byte)_random.Next(256));
        }

        _bytes.AsSpan(at, _length - at).CopyTo(_bytes.AsSpan(at + length));
        part.CopyTo(_bytes.AsSpan(at));
        _length += length;
    }
}

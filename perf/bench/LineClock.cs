using System.Globalization;
using System.Text;

namespace NetMon.Bench;

/// <summary>
/// Reads the agent's lines on a separate thread as they arrive, and records each event's time and arrival. Counts only events of
/// the storm, by their uid.
/// </summary>
internal sealed class LineClock
{
    private const int SecondChars = 19; // 2026-11-22T19:05:06
    private static readonly byte[] Start = "{\"timestamp\":\""u8.ToArray();
    private static readonly byte[] OfStorm = "\"uid\":1000,"u8.ToArray();
    private static readonly TimeSpan Behind = TimeSpan.FromMilliseconds(100);
    private readonly Stream _stream;
    private readonly Task _reading;
    private readonly byte[] _second = new byte[SecondChars];
    private DateTime _secondOf;
    private long _lines;
    private long _sinceTicks = long.MaxValue;
    private long _linesSince;
    private long _lastBehindTicks;

    public LineClock(Stream stream)
    {
        _stream = stream;
        _reading = Task.Factory.StartNew(Read, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Lines of the storm so far.</summary>
    public long Lines => Volatile.Read(ref _lines);

    /// <summary>Lines of the storm's events from <see cref="CountFrom"/> on.</summary>
    public long LinesSince => Volatile.Read(ref _linesSince);

    /// <summary>When the last line arrived that was 100 ms or more behind its event, of the storm or not.</summary>
    public DateTime LastBehind => new(Volatile.Read(ref _lastBehindTicks), DateTimeKind.Utc);

    /// <summary>Makes <see cref="LinesSince"/> count events from now on.</summary>
    public void CountFrom(DateTime moment) => Volatile.Write(ref _sinceTicks, moment.Ticks);

    /// <summary>Waits for the end of the stream.</summary>
    public void WaitForEnd() => _reading.GetAwaiter().GetResult();

    private void Read()
    {
        var buffer = new byte[1 << 20];
        var held = 0;
        while (_stream.Read(buffer, held, buffer.Length - held) is > 0 and var read)
        {
            held += read;
            var arrival = DateTime.UtcNow;
            var at = 0;
            while (buffer.AsSpan(at, held - at).IndexOf((byte)'\n') is >= 0 and var length)
            {
                Take(buffer.AsSpan(at, length), arrival);
                at += length + 1;
            }

            buffer.AsSpan(at, held - at).CopyTo(buffer);
            held -= at;
        }
    }

    private void Take(ReadOnlySpan<byte> line, DateTime arrival)
    {
        var happened = TimeOf(line);
        if (arrival - happened >= Behind)
        {
            Volatile.Write(ref _lastBehindTicks, arrival.Ticks);
        }

        if (line.IndexOf(OfStorm) >= 0)
        {
            Volatile.Write(ref _lines, _lines + 1);
            Volatile.Write(ref _linesSince, _linesSince + (happened.Ticks >= Volatile.Read(ref _sinceTicks) ? 1 : 0));
        }
    }

    private DateTime TimeOf(ReadOnlySpan<byte> line)
    {
        var text = line[Start.Length..];
        if (!line.StartsWith(Start) || text[SecondChars] != '.')
        {
            throw new InvalidDataException($"not the line of an event: {Encoding.UTF8.GetString(line)}");
        }

        if (!text[..SecondChars].SequenceEqual(_second))
        {
            text[..SecondChars].CopyTo(_second);
            _secondOf = DateTime.Parse(Encoding.ASCII.GetString(_second), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
        }

        return _secondOf.AddTicks(long.Parse(text.Slice(SecondChars + 1, 7), CultureInfo.InvariantCulture)); // in units of 100 ns
    }
}

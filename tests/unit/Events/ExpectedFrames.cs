using System.Buffers.Binary;

namespace NetMon.UnitTests.Events;

/// <summary>What a stream must be taken apart into, written down a second time and without a thought for speed.</summary>
internal sealed class ExpectedFrames
{
    public List<byte[]> Records { get; } = [];

    public List<byte[]> Ticks { get; } = [];

    public int OtherVersions { get; private set; }

    public int OtherVersionBytes { get; private set; }

    public int GarbledBytes { get; private set; }

    public int GarbledRuns { get; private set; }

    public ExpectedFrames(byte[] stream)
    {
        var (at, garbledBefore) = (0, false);
        while (at < stream.Length)
        {
            var left = stream.Length - at;
            var size = left < 8 ? 0 : BinaryPrimitives.ReadUInt16LittleEndian(stream.AsSpan(at));
            var (version, kind) = left < 8 ? (0, 0) : (stream[at + 2], stream[at + 3]);
            var mine = version == 1 && ((kind is 1 or 2 or 3 && size == 128) || (kind == 16 && size == 24));
            var other = version > 1 && size is >= 8 and <= 1024 && size % 8 == 0;
            if ((mine || other) && size <= left)
            {
                Take(stream[at..(at + size)], mine, kind);
                (at, garbledBefore) = (at + size, false);
                continue;
            }

            // A torn end is one whole; anything else is stepped over by eight.
            var skipped = left < 8 || mine || other ? left : 8;
            GarbledRuns += garbledBefore ? 0 : 1;
            GarbledBytes += skipped;
            (at, garbledBefore) = (at + skipped, true);
        }
    }

    private void Take(byte[] frame, bool mine, int kind)
    {
        if (mine)
        {
            (kind == 16 ? Ticks : Records).Add(frame);
            return;
        }

        OtherVersions++;
        OtherVersionBytes += frame.Length;
    }
}

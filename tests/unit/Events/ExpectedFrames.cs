using System.Buffers.Binary;

namespace NetMon.UnitTests.Events;

/// <summary>What a stream must be taken apart into, written down a second time and without a thought for speed.</summary>
internal sealed class ExpectedFrames
{
    public List<byte[]> Records { get; } = [];

    public List<byte[]> Ticks { get; } = [];

    /// <summary>Made by no piece as such, but the middle of a record may look like one.</summary>
    public List<byte[]> Cgroups { get; } = [];

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
            var mine = version == 2 && ((kind is >= 1 and <= 4 && size == 176) || (kind is 8 or 9 && size == 512) || (kind == 16 && size == 24));
            var other = version is not (0 or 2) && size is >= 8 and <= 1024 && size % 8 == 0;
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
            (kind switch { 16 => Ticks, 8 or 9 => Cgroups, _ => Records }).Add(frame);
            return;
        }

        OtherVersions++;
        OtherVersionBytes += frame.Length;
    }
}

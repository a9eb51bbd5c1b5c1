using System.Buffers.Binary;

namespace NetMon.UnitTests.Events;

/// <summary>The expected frames of a stream: a second implementation of the format, simple and slow.</summary>
internal sealed class ExpectedFrames
{
    public List<byte[]> Records { get; } = [];

    public List<byte[]> Ticks { get; } = [];

    /// <summary>No piece produces this, but the middle of a record may look like it.</summary>
    public List<byte[]> Cgroups { get; } = [];

    public int OtherVersions { get; private set; }

    public int OtherVersionBytes { get; private set; }

    public int CorruptBytes { get; private set; }

    public int CorruptRuns { get; private set; }

    public ExpectedFrames(byte[] stream)
    {
        var (at, corruptBefore) = (0, false);
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
                (at, corruptBefore) = (at + size, false);
                continue;
            }

            // A torn end counts as a whole; anything else is skipped by eight bytes.
            var skipped = left < 8 || mine || other ? left : 8;
            CorruptRuns += corruptBefore ? 0 : 1;
            CorruptBytes += skipped;
            (at, corruptBefore) = (at + skipped, true);
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

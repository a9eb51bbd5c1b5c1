using System.Buffers;
using System.Runtime.InteropServices;
using NetMon.Enrichment.Cgroups;
using NetMon.Events;
using NetMon.Pipeline.Decode;
using NetMon.Sources.Kernel.Cgroups;
using NetMon.Sources.Replay;

namespace NetMon.Fuzz.Targets;

/// <summary>Input from the kernel or from a recording.</summary>
internal static class RecordTargets
{
    private static readonly CgroupVersion[] AskedVersions = Enum.GetValues<CgroupVersion>();

    /// <summary>The stream through the decoder, cut in two at the offset in the first byte; every byte must be accounted for.</summary>
    public static void Current(ReadOnlyMemory<byte> input)
    {
        var cut = input.Length == 0 ? 0 : input.Span[0] % input.Length;
        var first = new Segment(input[..cut], null);
        var last = new Segment(input[cut..], first);
        var reader = new SequenceReader<byte>(new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length));
        var decoder = new RecordDecoder();
        var whole = 0L;
        while (decoder.TryRead(ref reader, out var record))
        {
            switch (record.Kind)
            {
                case RecordKind.Tick:
                    whole += TickRecord.ByteSize;
                    break;
                case RecordKind.CgroupMade or RecordKind.CgroupRemoved:
                    whole += CgroupRecord.ByteSize;
                    ReadOnlySpan<byte> path = record.Cgroup.Path;
                    CgroupPath.Containers(path);
                    break;
                default:
                    whole += ConnectionRecord.ByteSize;
                    _ = record.Connection.Kind;
                    break;
            }
        }

        var counters = decoder.Counters;
        if (counters.UnknownVersion == 0 && whole + counters.CorruptBytes + reader.Remaining != input.Length)
        {
            throw new FuzzFinding($"of {input.Length} bytes {whole} were records, {counters.CorruptBytes} corrupt and {reader.Remaining} left");
        }
    }

    /// <summary>Records of version 1 in sequence, as a replay reads them.</summary>
    public static void Version1(ReadOnlyMemory<byte> input)
    {
        var converter = new RecordVersion1();
        for (var rest = input.Span; RecordFraming.Inspect(rest, out var length) is not FrameStatus.Partial; rest = rest[length..])
        {
            if (converter.TryConvert(rest, out var taken, out var record)
                && (taken > length || RecordFraming.Inspect(record, out var now) != FrameStatus.Whole || now != record.Length))
            {
                throw new FuzzFinding("a record of version 1 was converted to something that is none of the current one");
            }
        }
    }

    /// <summary>A cgroup's path.</summary>
    public static void CgroupPaths(ReadOnlyMemory<byte> input)
    {
        foreach (var container in CgroupPath.Containers(input.Span))
        {
            if (container.ContainerId.Length == 0 || container.ContainerId.Length > input.Length)
            {
                throw new FuzzFinding($"'{container.ContainerId}' is no container's id");
            }
        }
    }

    /// <summary>/proc/self/mountinfo and, after a line of %, /proc/cgroups.</summary>
    public static void Mounts(ReadOnlyMemory<byte> input)
    {
        var files = Text.Of(input).Split("\n%\n", 2);
        foreach (var asked in AskedVersions)
        {
            CgroupHierarchy.Choose(asked, files[0].Split('\n'), files[^1].Split('\n'));
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.Memory.Length;
            }
        }
    }
}

using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Text;
using NetMon.Events;
using NetMon.Pipeline;
using NetMon.Pipeline.Decode;
using NetMon.Pipeline.Enrich;
using NetMon.Pipeline.Fanout;
using NetMon.Pipeline.Order;
using NetMon.Sources;
using NetMon.Sources.Replay;
using NetMon.UnitTests.Events;
using NetMon.UnitTests.Pipeline;
using Xunit;

namespace NetMon.UnitTests.Sources;

public sealed class RecordingOfVersion1Tests : IDisposable
{
    private const int OldRecordBytes = 128;
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Its_events_are_the_lines_that_version_0_1_printed()
    {
        var (lines, counters) = await Replay(Version1.Recording);

        Assert.Equal(Version1.LinesOfRecording, lines);
        Assert.Equal(new SourceCounters(40, 40), counters);
    }

    [Fact]
    public async Task Its_flags_have_the_current_keys()
    {
        var record = Old(RecordKind.Close, RecordFlags.OwnerInferred | RecordFlags.Older);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(88), 7_000_000); // elapsed_ns
        await File.WriteAllBytesAsync(_file, [.. Recording.Magic, .. record, .. OldTick(100)], TestContext.Current.CancellationToken);

        var (lines, _) = await Replay(_file);

        var line = Assert.Single(lines);
        Assert.Contains("\"duration_us\":7000,", line, StringComparison.Ordinal);
        Assert.EndsWith(",\"reason\":\"error\",\"owner\":\"inferred\",\"older\":true}", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Records_of_both_versions_and_damage_between_them_are_distinguished()
    {
        byte[] current = Records.Bytes(Records.Record(RecordKind.Flow, 5));
        var noSuchKind = Old((RecordKind)5, RecordFlags.None);
        await File.WriteAllBytesAsync(
            _file,
            [.. Recording.Magic, .. Old(RecordKind.Connect, RecordFlags.None), .. current, .. new byte[8], .. noSuchKind, .. Old(RecordKind.Accept, RecordFlags.None), .. OldTick(100)],
            TestContext.Current.CancellationToken);

        var (lines, counters) = await Replay(_file);

        Assert.Equal(["ACCEPT", "CONNECT", "FLOW"], lines.Select(line => line.Split("\"type\":\"")[1].Split('"')[0]).Order());
        Assert.Equal((3UL, 8UL + OldRecordBytes), (counters.Seen, counters.CorruptBytes));
    }

    private static byte[] Old(RecordKind kind, RecordFlags flags)
    {
        var bytes = new byte[OldRecordBytes];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, OldRecordBytes);
        (bytes[2], bytes[3], bytes[4], bytes[6]) = (1, (byte)kind, (byte)Direction.Inbound, (byte)flags);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), 5);
        return bytes;
    }

    private static byte[] OldTick(ulong ktime)
    {
        var bytes = Records.Bytes(Records.Tick(ktime));
        bytes[2] = 1;
        return bytes;
    }

    private static async Task<(List<string> Lines, SourceCounters Counters)> Replay(string recording)
    {
        using var source = ReplaySource.Open(recording);
        var pipe = new Pipe(new PipeOptions(useSynchronizationContext: false));
        var reader = new RingReader(source, pipe.Writer);
        var sink = new CollectingSink();
        var fanout = new SinkFanout([sink], live: false);
        using var enrich = EnrichStage.WithoutNames();
        source.Start();
        reader.Start();
        await new EventLoop(new RecordDecoder(), new EventOrder(), enrich, fanout).RunAsync(pipe.Reader);
        reader.Finish();
        await fanout.Workers[0].Completion;
        return (sink.Events.ConvertAll(e => Encoding.UTF8.GetString(JsonLines.Bytes(e)).TrimEnd('\n')), source.ReadCounters());
    }
}

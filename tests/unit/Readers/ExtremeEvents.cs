using NetMon.Events;
using NetMon.UnitTests.Storage;

namespace NetMon.UnitTests.Readers;

/// <summary>Events with values that readers commonly get wrong, mixed by a generator with a fixed seed.</summary>
internal static class ExtremeEvents
{
    private const int Seed = 13;

    private static readonly ulong[] Counts = [0, 1, int.MaxValue, 1UL << 31, uint.MaxValue, 1UL << 32, (1UL << 53) + 1, long.MaxValue - 1, long.MaxValue];
    private static readonly uint[] Numbers = [0, 1, int.MaxValue, 1u << 31, 4026531833, uint.MaxValue];
    private static readonly uint[] Pids = [0, 1, 32768, 4194304, int.MaxValue];
    private static readonly ushort[] Ports = [0, 1, 443, 32767, 32768, ushort.MaxValue];
    private static readonly uint[] Errors = [0, 1, 101, 103, 104, 110, 111, 113, 133];

    private static readonly (byte[] Bytes, string Text)[] Addresses =
    [
        (V4(0, 0, 0, 0), "0.0.0.0"), (V4(127, 0, 0, 1), "127.0.0.1"), (V4(255, 255, 255, 255), "255.255.255.255"), (V4(10, 0, 1, 5), "10.0.1.5"),
        (V6("00000000000000000000000000000000"), "::"), (V6("00000000000000000000000000000001"), "::1"), (V6("00000000000000000000000001020304"), "::102:304"),
        (V6("20010db8000000000001000000000001"), "2001:db8::1:0:0:1"), (V6("fe8000000000000000000000000000ab"), "fe80::ab"), (V6("ff020000000000000000000000000001"), "ff02::1"),
        (V6("0064ff9b000000000000000008080808"), "64:ff9b::808:808"), (V6("ffffffffffffffffffffffffffffffff"), "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ];

    private static readonly (byte[] Bytes, string Text)[] Processes =
    [
        ([], ""), ("curl"u8.ToArray(), "curl"), ("0123456789abcde"u8.ToArray(), "0123456789abcde"), ([0xff], "\ufffd"), ([0xc3, 0x28], "\ufffd("), ([0xed, 0xa0, 0x80], "\ufffd\ufffd\ufffd"),
        ("😀"u8.ToArray(), "😀"), ([.. "😀😀😀"u8, 0xf0, 0x9f, 0x98], "😀😀😀\ufffd"), ([1, (byte)'"', (byte)'\\', 0x7f, (byte)'\n', (byte)'\''], "\u0001\"\\\u007f\n'"), ("größe"u8.ToArray(), "größe"),
    ];

    private static readonly ContainerIdentity?[] Containers =
    [
        null, null, Sample.Container, new("c0ffee"), new("ab", "größe-😀", "it's", "\"quoted\"\\", "0d4b6a1e-3f0c-4d27-9a55-6f1f5b0b7c12", new string('i', 1024)),
    ];

    private static readonly PeerIdentity?[] Peers =
    [
        null, Sample.Peer, new(Node: "node-2"), new(Service: "größe-😀", PodNamespace: "it's"), new("\"quoted\"\\", new string('n', 1024), Zone: "z"), new(),
    ];

    /// <param name="hour">Its start, nanoseconds since 1970. The first event is at the start, the last at the last nanosecond of the hour.</param>
    /// <param name="count">Two or more.</param>
    public static WrittenEvent[] OfHour(long hour, int count)
    {
#pragma warning disable CA5394 // Nobody guesses these.
        var random = new Random(Seed);
        return [.. Enumerable.Range(0, count).Select(n =>
        {
            T Any<T>(T[] values) => values[random.Next(values.Length)];
            var (source, destination, dialed, process) = (n % 3 == 0 ? Unique(n) : Any(Addresses), Any(Addresses), Any(Addresses), Any(Processes));
            var written = new ConnectionEvent { UnixNanoseconds = hour + (Sample.HourLong - 1) / (count - 1) * n, Container = Any(Containers), Peer = Any(Peers) };
            written.UnixNanoseconds = n == count - 1 ? hour + Sample.HourLong - 1 : written.UnixNanoseconds;
            ref var record = ref written.Record;
            record.Kind = (RecordKind)random.Next((int)RecordKind.Connect, (int)RecordKind.Flow + 1);
            record.Direction = Any([Direction.Outbound, Direction.Inbound]);
            record.CloseReason = (CloseReason)random.Next(0, 9);
            record.Flags = (RecordFlags)random.Next(0, 32);
            record.Error = Any(Errors);
            (record.SourceAddress, record.DestinationAddress, record.DialedAddress) = (Sample.Bytes(source.Bytes), Sample.Bytes(destination.Bytes), Sample.Bytes(dialed.Bytes));
            (record.SourcePort, record.DestinationPort, record.DialedPort) = (Any(Ports), Any(Ports), Any(Ports));
            (record.Owner.Pid, record.Owner.Uid, record.Owner.CgroupId, record.Owner.Comm) = (Any(Pids), Any(Numbers), Any(Counts), Sample.Bytes(process.Bytes));
            (record.NetworkNamespace, record.SmoothedRttMicroseconds, record.Retransmits) = (Any(Numbers), Any(Numbers), Any(Numbers));
            (record.LatencyNanoseconds, record.DurationNanoseconds) = (Any([.. Counts, ulong.MaxValue]), Any([.. Counts, ulong.MaxValue]));
            (record.BytesSent, record.BytesReceived, record.DeltaSent, record.DeltaReceived, record.ConnectionId) = (Any(Counts), Any(Counts), Any(Counts), Any(Counts), Any(Counts));
            record.ConnectionId = count <= 1000 || n % 100 == 0 ? record.ConnectionId : (ulong)n * 7919; // a large group has too many distinct ids for a dictionary
            return new WrittenEvent(written, source.Text, destination.Text, dialed.Text, process.Text);
        })];
#pragma warning restore CA5394
    }

    /// <summary>An event with null in every nullable column.</summary>
    public static WrittenEvent AllNull(long at)
    {
        var written = Sample.Accept(at);
        written.Record.ConnectionId = 0;
        return new WrittenEvent(written, "10.0.1.5", "2001:db8::1", "", "curl");
    }

    /// <summary>Makes row groups differ in their values.</summary>
    private static (byte[] Bytes, string Text) Unique(int n) => (V4(10, 9, (byte)(n / 256), (byte)n), $"10.9.{n / 256}.{n % 256}");

    private static byte[] V4(byte a, byte b, byte c, byte d) => [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d];

    private static byte[] V6(string digits) => Convert.FromHexString(digits);
}

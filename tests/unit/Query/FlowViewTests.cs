using NetMon.Events;
using NetMon.Query;
using NetMon.UnitTests.Storage;
using Xunit;

namespace NetMon.UnitTests.Query;

/// <summary>Long-lived connections in the views.</summary>
public sealed class FlowViewTests : IDisposable
{
    private const ulong LongOne = 1;
    private const ulong OpenOne = 2;
    private const ulong NewOne = 3;
    private readonly CaptureFolder _capture = new();

    public FlowViewTests()
    {
        var sink = _capture.Open();
        sink.Write(
        [
            At(0, RecordKind.Connect, LongOne), At(0, RecordKind.Accept, OpenOne),
            At(60, RecordKind.Flow, LongOne, sent: 100, delta: 100), At(60, RecordKind.Flow, OpenOne, sent: 10, delta: 10),
            At(120, RecordKind.Flow, LongOne, sent: 250, delta: 150), At(120, RecordKind.Flow, OpenOne, sent: 30, delta: 20),
            At(130, RecordKind.Connect, NewOne), At(150, RecordKind.Close, LongOne, sent: 300, delta: 50),
        ]);
        sink.Close();
    }

    public void Dispose() => _capture.Dispose();

    [Fact]
    public void An_open_connection_is_its_last_FLOW_or_its_CONNECT() => Assert.Equal(
        """
        connection_id,open,closed,duration_us,bytes_sent,opened
        1,false,150,150000000,300,0
        2,true,NULL,120000000,30,0
        3,true,NULL,NULL,NULL,130

        """.Replace("NULL", "", StringComparison.Ordinal),
        _capture.Print(
            "SELECT connection_id, open, epoch(closed_at)::BIGINT % 3600 AS closed, duration_us, bytes_sent, epoch(opened_at)::BIGINT % 3600 AS opened FROM connections ORDER BY connection_id",
            OutputFormat.Csv));

    [Fact]
    public void Bytes_belong_to_the_minute_of_their_transfer() => Assert.Equal(
        "minute,sent\n1,110\n2,220\n",
        _capture.Print(
            "SELECT minute(timestamp) AS minute, sum(coalesce(delta_sent, bytes_sent))::BIGINT AS sent FROM events WHERE type IN ('CLOSE', 'FLOW') GROUP BY ALL ORDER BY minute",
            OutputFormat.Csv));

    [Fact]
    public void Talkers_count_each_byte_once() => Assert.Equal(
        "direction,connections,bytes_sent\ninbound,0,30\noutbound,1,300\n",
        _capture.Print("SELECT direction, sum(connections)::BIGINT AS connections, sum(bytes_sent)::BIGINT AS bytes_sent FROM talkers GROUP BY ALL ORDER BY direction", OutputFormat.Csv));

    [Fact]
    public void The_same_id_after_a_boot_is_another_connection()
    {
        var sink = _capture.Open();
        sink.Write([At(2000, RecordKind.Connect, NewOne), At(2010, RecordKind.Close, NewOne, sent: 5, delta: 5, duration: 10)]);
        sink.Close();

        Assert.Equal(
            "open,opened\ntrue,130\nfalse,2000\n",
            _capture.Print("SELECT open, epoch(opened_at)::BIGINT % 3600 AS opened FROM connections WHERE connection_id = 3 ORDER BY opened_at", OutputFormat.Csv));
    }

    private static ConnectionEvent At(long second, RecordKind kind, ulong id, ulong sent = 0, ulong delta = 0, long? duration = null)
    {
        var at = Sample.Hour19 + second * Sample.Second;
        var e = kind switch
        {
            RecordKind.Connect => Sample.Connect(at),
            RecordKind.Accept => Sample.Accept(at),
            RecordKind.Close => Sample.Close(at),
            _ => Sample.Flow(at),
        };
        e.Record.Direction = id == OpenOne ? Direction.Inbound : Direction.Outbound;
        (e.Record.ConnectionId, e.Record.BytesSent, e.Record.DeltaSent) = (id, sent, delta);
        (e.Record.LatencyNanoseconds, e.Record.DurationNanoseconds) = (0, (ulong)((duration ?? second) * Sample.Second));
        return e;
    }
}

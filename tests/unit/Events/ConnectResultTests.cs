using NetMon.Events;
using Xunit;

namespace NetMon.UnitTests.Events;

public sealed class ConnectResultTests
{
    [Theory]
    [InlineData(0, RecordFlags.None, "established", 0)]
    [InlineData(0, RecordFlags.OwnerUnknown, "established", 0)]
    [InlineData(0, RecordFlags.ErrorUnknown, "other", 0)]
    [InlineData(111, RecordFlags.None, "refused", 111)]
    [InlineData(110, RecordFlags.None, "timed_out", 110)]
    [InlineData(104, RecordFlags.None, "reset", 104)]
    [InlineData(113, RecordFlags.None, "host_unreachable", 113)]
    [InlineData(101, RecordFlags.None, "net_unreachable", 101)]
    [InlineData(103, RecordFlags.None, "aborted", 0)]
    [InlineData(99, RecordFlags.None, "other", 99)]
    public void Each_errno_has_a_result_name(uint error, RecordFlags flags, string word, uint shown)
    {
        var connection = new ConnectionEvent { Record = Records.Record(RecordKind.Connect) with { Error = error, Flags = flags } };

        Assert.Equal(word, Vocabulary.Text(connection.Facts.Result));
        Assert.Equal(shown, connection.Facts.HasErrno ? connection.Facts.Error : 0);
    }
}

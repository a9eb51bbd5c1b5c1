using NetMon.Events;
using NetMon.Foundation.Logging;
using NetMon.Query.Follow;
using NetMon.Storage;
using NetMon.UnitTests.Storage;

namespace NetMon.UnitTests.Query.Follow;

/// <summary>The events that a follower has read from a test's capture.</summary>
internal sealed class FollowedCapture(CaptureFollower follower, List<string> log) : IDisposable
{
    /// <summary>The numbers of the events, as <see cref="Numbered"/> assigns them, in reading order.</summary>
    public List<long> Numbers { get; } = [];

    public IReadOnlyList<string> Log => log;

    public static FollowedCapture FromNow(string directory)
    {
        List<string> log = [];
        return new FollowedCapture(CaptureFollower.FromNow(directory, new Logger(entry => log.Add(entry.Message), "observe")), log);
    }

    public CaptureFollower Follower => follower;

    /// <summary>A distinguishable event.</summary>
    public static ConnectionEvent Numbered(long number, long hour)
    {
        var e = Sample.Accept(hour + number);
        e.Record.ConnectionId = (ulong)number + 1;
        return e;
    }

    /// <summary>Consecutively numbered events.</summary>
    public static ConnectionEvent[] Numbered(long from, int count, long hour) => [.. Enumerable.Range(0, count).Select(n => Numbered(from + n, hour))];

    /// <summary>Writes rows immediately, as an agent does within half of --durable-within.</summary>
    public static void Write(CaptureSink sink, ConnectionEvent[] events)
    {
        sink.Write(events);
        sink.Advance(events[^1].UnixNanoseconds);
    }

    /// <summary>Reads all available rows.</summary>
    public void Read()
    {
        while (follower.TryRead())
        {
            for (var row = 0; row < follower.Batch.Rows; row++)
            {
                Numbers.Add((long)HotEvents.Of(follower.Batch, row).Record.ConnectionId - 1);
            }
        }
    }

    /// <summary>Reads until this many events are there.</summary>
    public void ReadUntil(int count) => CaptureFolder.WaitFor(
        () =>
        {
            Read();
            return Numbers.Count >= count;
        },
        $"{count} events");

    public void Dispose() => follower.Dispose();
}

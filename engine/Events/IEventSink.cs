namespace NetMon.Events;

/// <summary>
/// Where events go. One thread calls a sink, so it may block; it never throws for what the world does (a full disk, a
/// closed pipe) but counts what it could not write in <see cref="Counters"/>, reports it once, and goes on.
/// </summary>
public interface IEventSink
{
    /// <summary>The sink's name, and what became of the events given to <see cref="Write"/>.</summary>
    SinkCounters Counters { get; }

    /// <summary>Takes events in time order. The span is the caller's again on return.</summary>
    void Write(ReadOnlySpan<ConnectionEvent> events);

    /// <summary>
    /// Nothing older than this is to be expected; called at least once a second also when there are no events, and
    /// after the last batch that was at hand: the moment to flush.
    /// </summary>
    void Advance(long watermarkUnixNanoseconds);

    /// <summary>Events that <see cref="Write"/> took and that are neither delivered nor dropped yet.</summary>
    long Pending => 0;

    /// <summary>
    /// Called when one of the others has thrown: drops what is half done, and counts it as failed, so that the next call
    /// begins anew. What stays is <see cref="Pending"/>.
    /// </summary>
    void Recover()
    {
    }

    /// <summary>Writes out and seals everything; nothing is called after this.</summary>
    void Close();
}

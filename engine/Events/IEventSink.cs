namespace NetMon.Events;

/// <summary>
/// A destination of events. It is called by one thread and may block. It never throws because of its environment (a full disk, a closed
/// pipe) but counts what it could not write in <see cref="Counters"/>, reports the problem once, and continues.
/// </summary>
public interface IEventSink
{
    /// <summary>The sink's name, and the outcome of the events passed to <see cref="Write"/>.</summary>
    SinkCounters Counters { get; }

    /// <summary>Writes events in time order. The span is only valid during the call.</summary>
    void Write(ReadOnlySpan<ConnectionEvent> events);

    /// <summary>
    /// Announces that no older event will follow. Called at least once a second even without events, and after the last batch at hand, which
    /// is a good time to flush.
    /// </summary>
    void Advance(long watermarkUnixNanoseconds);

    /// <summary>Events passed to <see cref="Write"/> that are neither delivered nor dropped yet.</summary>
    long Pending => 0;

    /// <summary>
    /// Called after another method has thrown: discards incomplete work and counts it as failed, so that the next call starts cleanly. Events
    /// that are kept are counted in <see cref="Pending"/>.
    /// </summary>
    void Recover()
    {
    }

    /// <summary>Writes and seals everything; nothing is called after this.</summary>
    void Close();
}

namespace NetMon.Enrichment;

/// <summary>A source of containers' names. Answers are posted to the directory as reports.</summary>
public interface INameSource
{
    /// <summary>Queues a lookup of the container's metadata. Thread-safe; never blocks; duplicates are ignored.</summary>
    void Ask(string containerId);

    /// <summary>One bit for each existing runtime, to which lookups are sent. At most 32.</summary>
    uint Present { get; }

    /// <summary>One bit for each runtime that is expected to answer soon, so that waiting makes sense.</summary>
    uint Answering { get; }
}

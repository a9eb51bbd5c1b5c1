namespace NetMon.Enrichment;

/// <summary>Whoever can be asked for a container's names. The answers come to the directory, as reports.</summary>
public interface INameSource
{
    /// <summary>Has the id asked for as soon as may be. Any thread; never blocks; asking again for what is asked already costs nothing.</summary>
    void Ask(string containerId);

    /// <summary>One bit for each runtime there is: whom an id is asked of. At most 32.</summary>
    uint Present { get; }

    /// <summary>One bit for each runtime that can be expected to answer at once: whom waiting makes sense for.</summary>
    uint Answering { get; }
}

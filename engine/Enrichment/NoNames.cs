namespace NetMon.Enrichment;

/// <summary>Nobody to ask: containers have their id and their pod's uid, from the cgroup's path.</summary>
public sealed class NoNames : INameSource
{
    public uint Present => 0;

    public uint Answering => 0;

    public void Ask(string containerId)
    {
    }
}

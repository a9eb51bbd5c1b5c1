namespace NetMon.Enrichment;

/// <summary>A source without names: containers have only their id and their pod's uid, from the cgroup's path.</summary>
public sealed class NoNames : INameSource
{
    public uint Present => 0;

    public uint Answering => 0;

    public void Ask(string containerId)
    {
    }
}

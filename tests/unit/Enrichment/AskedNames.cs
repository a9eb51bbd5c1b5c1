using NetMon.Enrichment;

namespace NetMon.UnitTests.Enrichment;

/// <summary>Runtimes that record each request; the test answers for them.</summary>
internal sealed class AskedNames : INameSource
{
    public List<string> Asked { get; } = [];

    public uint Present { get; set; } = 1;

    public uint Answering { get; set; } = 1;

    public void Ask(string containerId) => Asked.Add(containerId);
}

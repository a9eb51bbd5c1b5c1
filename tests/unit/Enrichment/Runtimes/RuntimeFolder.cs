namespace NetMon.UnitTests.Enrichment.Runtimes;

/// <summary>A folder for sockets, with a path short enough for one; removed on disposal.</summary>
internal sealed class RuntimeFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("netmon-rt-");

    public string this[string name] => Path.Combine(_folder.FullName, name);

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);
}

namespace NetMon.Query.Files;

/// <summary>A file of an hour; for losses, of a day.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Folder">The folders below the tier: date=2026-11-22/hour=19.</param>
/// <param name="Start">The start of its hour or day, UTC.</param>
internal sealed record HourFile(string Path, string Folder, DateTime Start)
{
    /// <summary>The file name without folders.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Folders and name, which are the same for a file of events and its roll-up.</summary>
    public string Key => $"{Folder}/{Name}";
}

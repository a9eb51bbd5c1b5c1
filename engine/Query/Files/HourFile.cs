namespace NetMon.Query.Files;

/// <summary>A file of an hour, or of losses of a day.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Folder">The folders below the tier: date=2026-11-22/hour=19.</param>
/// <param name="Start">The beginning of its hour or day, UTC.</param>
internal sealed record HourFile(string Path, string Folder, DateTime Start)
{
    /// <summary>Without folders.</summary>
    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The folders and the name, the same for a file of events and its roll-up.</summary>
    public string Key => $"{Folder}/{Name}";
}

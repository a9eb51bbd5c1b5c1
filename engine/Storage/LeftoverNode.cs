namespace NetMon.Storage;

/// <summary>A node with files in hot/.</summary>
/// <param name="Name">Null where the files don't have the whole name: it is long, and no segment of it can be read.</param>
/// <param name="FileName">The name as a part of file names.</param>
public sealed record LeftoverNode(string? Name, string FileName);

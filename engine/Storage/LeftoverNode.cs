namespace NetMon.Storage;

/// <summary>A node with files in hot/.</summary>
/// <param name="Name">Null if unknown: the file name holds only a digest of a long name, and no segment can be read.</param>
/// <param name="FileName">The name as encoded in file names.</param>
public sealed record LeftoverNode(string? Name, string FileName);

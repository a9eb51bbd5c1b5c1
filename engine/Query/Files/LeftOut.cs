namespace NetMon.Query.Files;

/// <summary>A part of the capture that is missing from an answer.</summary>
/// <param name="Path">Its absolute path.</param>
/// <param name="Reason">The reason, for the user.</param>
internal sealed record LeftOut(string Path, string Reason);

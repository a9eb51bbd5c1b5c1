namespace NetMon.Query.Files;

/// <summary>Something in the capture that a question is answered without.</summary>
/// <param name="Path">Absolute.</param>
/// <param name="Reason">Why, for a person.</param>
internal sealed record LeftOut(string Path, string Reason);

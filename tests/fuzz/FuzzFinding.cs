namespace NetMon.Fuzz;

/// <summary>A reader has not kept its word, though it threw nothing.</summary>
internal sealed class FuzzFinding(string message) : Exception(message);

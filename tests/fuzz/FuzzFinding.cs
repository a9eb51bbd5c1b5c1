namespace NetMon.Fuzz;

/// <summary>A reader broke its contract without throwing.</summary>
internal sealed class FuzzFinding(string message) : Exception(message);

namespace NetMon.Enrichment.Runtimes;

/// <summary>A runtime did not answer, or not as its interface says. The message says what and why, for a person.</summary>
public sealed class RuntimeException(string message, Exception? inner = null) : Exception(message, inner);

namespace NetMon.Enrichment.Runtimes;

/// <summary>A runtime did not answer, or violated its protocol. The message for the operator says what failed and why.</summary>
public sealed class RuntimeException(string message, Exception? inner = null) : Exception(message, inner);

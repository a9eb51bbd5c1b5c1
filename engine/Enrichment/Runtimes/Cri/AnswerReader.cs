namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>Parses a message; throws <see cref="RuntimeException"/> if it is malformed.</summary>
/// <param name="message">The complete message; only valid during the call.</param>
internal delegate T AnswerReader<T>(ReadOnlySpan<byte> message);

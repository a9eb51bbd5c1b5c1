namespace NetMon.Enrichment.Runtimes.Cri;

/// <summary>Makes of one message what is wanted of it; what can't be read throws <see cref="RuntimeException"/>.</summary>
/// <param name="message">The whole message; valid only during the call.</param>
internal delegate T AnswerReader<T>(ReadOnlySpan<byte> message);

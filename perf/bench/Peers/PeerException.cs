namespace NetMon.Bench.Peers;

/// <summary>A peer does not run here; the message says why.</summary>
internal sealed class PeerException(string message) : Exception(message);

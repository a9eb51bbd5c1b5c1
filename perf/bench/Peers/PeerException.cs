namespace NetMon.Bench.Peers;

/// <summary>The peer can't run here; the message says why.</summary>
internal sealed class PeerException(string message) : Exception(message);

namespace NetMon.UnitTests.Kubernetes;

/// <summary>Bytes that arrive in pieces of one size.</summary>
internal sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
{
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
}

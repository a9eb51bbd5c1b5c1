using System.Buffers;

namespace NetMon.UnitTests.Pipeline;

/// <summary>Gives a pipe segments of random lengths, so that frames cross segment edges at every offset.</summary>
internal sealed class OddSegments(int seed) : MemoryPool<byte>
{
    private readonly Random _random = new(seed);

    public override int MaxBufferSize => int.MaxValue;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) =>
        new Owner(new byte[Math.Max(1, _random.Next(_random.Next(2) == 0 ? 12 : 200))]);

    protected override void Dispose(bool disposing)
    {
    }

    private sealed class Owner(byte[] bytes) : IMemoryOwner<byte>
    {
        public Memory<byte> Memory => bytes;

        public void Dispose()
        {
        }
    }
}

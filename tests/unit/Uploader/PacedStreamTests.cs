using System.Diagnostics;
using Microsoft.Win32.SafeHandles;
using NetMon.Uploader;
using Xunit;

namespace NetMon.UnitTests.Uploader;

public sealed class PacedStreamTests : IDisposable
{
    private const int Start = 1000;
    private const int Length = 300_000;
    private readonly string _path = Path.GetTempFileName();
    private readonly byte[] _bytes = new byte[Start + Length + 1000];
    private readonly SafeFileHandle _file;

    public PacedStreamTests()
    {
        new Random(1).NextBytes(_bytes);
        File.WriteAllBytes(_path, _bytes);
        _file = File.OpenHandle(_path);
    }

    private byte[] Range => _bytes[Start..(Start + Length)];

    public void Dispose()
    {
        _file.Dispose();
        File.Delete(_path);
    }

    [Fact]
    public async Task Every_read_method_returns_the_range_of_the_file()
    {
        using var stream = new PacedStream(_file, Start, Length, long.MaxValue);
        Assert.Equal(Length, stream.Length);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, TestContext.Current.CancellationToken);
        Assert.Equal(Range, copy.ToArray());
        Assert.Equal(0, stream.Read(new byte[1]));

        stream.Position = 0;
        var bytes = new byte[Length];
        stream.ReadExactly(bytes);
        Assert.Equal(Range, bytes);
    }

    [Fact]
    public void It_can_be_read_again_from_any_position()
    {
        using var stream = new PacedStream(_file, Start, Length, long.MaxValue);
        Assert.Equal(10, stream.Seek(10, SeekOrigin.Begin));
        Assert.Equal(Range[10], stream.ReadByte());
        Assert.Equal(16, stream.Seek(5, SeekOrigin.Current));
        Assert.Equal(Length - 1, stream.Seek(-1, SeekOrigin.End));
        Assert.Equal(Range[^1], stream.ReadByte());
        Assert.Equal(-1, stream.ReadByte());
    }

    [Fact]
    public async Task Sending_is_paced()
    {
        using var stream = new PacedStream(_file, Start, Length, bytesPerSecond: 1_000_000);
        var clock = Stopwatch.StartNew();
        var buffer = new byte[Length];
        for (var (sent, read) = (0, 1); read > 0; sent += read)
        {
            read = await stream.ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.InRange(read, 0, 64 << 10);
            Assert.True(clock.Elapsed.TotalSeconds >= (sent + read) / 1_000_000.0 - 0.002, $"{sent + read} bytes after {clock.Elapsed}");
        }
    }

    [Fact]
    public void Signing_is_not_paced()
    {
        using var stream = new PacedStream(_file, Start, Length, bytesPerSecond: 1); // three days
        stream.ReadExactly(new byte[Length]);
        Assert.Equal(Length, stream.Position);
    }

    [Fact]
    public async Task Waiting_for_the_pace_can_be_cancelled()
    {
        using var stream = new PacedStream(_file, Start, Length, bytesPerSecond: 1);
        using var stop = new CancellationTokenSource();
        var reading = stream.ReadAsync(new byte[1000], stop.Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Patience.Limit, TestContext.Current.CancellationToken));
    }
}

using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>HTTP/2 frames (RFC 9113) for <see cref="BrokenRuntime"/> that no correct server would send.</summary>
internal static class FakeHttp2
{
    private const byte Headers = 1;
    private const byte Settings = 4;
    private const byte Ping = 6;
    private const byte Continuation = 9;
    private const int Chunk = 16 * 1024;

    /// <summary>The first response's headers never end.</summary>
    public static async Task EndlessHeadersAsync(Socket socket, CancellationToken stop)
    {
        await GreetAsync(socket, [], stop);
        await UntilAskedAsync(socket, stop);
        await socket.SendAsync(Frame(Headers, stream: 1, [0x88]), stop);
        for (var n = 0; ; n++)
        {
            // A literal header without indexing: name and value, each with a length of seven bits.
            var name = Encoding.ASCII.GetBytes($"x-{n}");
            byte[] header = [0, (byte)name.Length, .. name, 100, .. Enumerable.Repeat((byte)'v', 100)];
            await socket.SendAsync(Frame(Continuation, stream: 1, header), stop);
        }
    }

    /// <summary>Pings that require answers, without ever reading one.</summary>
    public static async Task PingsUnreadAsync(Socket socket, CancellationToken stop)
    {
        await GreetAsync(socket, [], stop);
        var many = Enumerable.Repeat(Frame(Ping, stream: 0, new byte[8]), Chunk / 17).SelectMany(frame => frame).ToArray();
        while (true)
        {
            await socket.SendAsync(many, stop);
        }
    }

    /// <summary>The same with SETTINGS.</summary>
    public static async Task SettingsUnreadAsync(Socket socket, CancellationToken stop)
    {
        await GreetAsync(socket, [], stop);
        var many = Enumerable.Repeat(Frame(Settings, stream: 0, []), Chunk / 9).SelectMany(frame => frame).ToArray();
        while (true)
        {
            await socket.SendAsync(many, stop);
        }
    }

    /// <summary>A window of 0 bytes, so that no request can be sent; otherwise silent.</summary>
    public static async Task NoWindowAsync(Socket socket, CancellationToken stop)
    {
        const byte InitialWindowSize = 4;
        await GreetAsync(socket, [0, InitialWindowSize, 0, 0, 0, 0], stop);
        var buffer = new byte[Chunk];
        while (await socket.ReceiveAsync(buffer, stop) > 0)
        {
        }
    }

    /// <summary>Reads the client's preface up to its first request.</summary>
    private static async Task UntilAskedAsync(Socket socket, CancellationToken stop)
    {
        const int Preface = 24;
        await using var stream = new NetworkStream(socket);
        await stream.ReadExactlyAsync(new byte[Preface], stop);
        var head = new byte[9];
        do
        {
            await stream.ReadExactlyAsync(head, stop);
            await stream.ReadExactlyAsync(new byte[BinaryPrimitives.ReadInt32BigEndian(head) >> 8], stop);
        }
        while (head[3] != Headers);
    }

    private static async Task GreetAsync(Socket socket, byte[] settings, CancellationToken stop) =>
        await socket.SendAsync(Frame(Settings, stream: 0, settings), stop);

    private static byte[] Frame(byte type, int stream, byte[] payload)
    {
        var frame = new byte[9 + payload.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, payload.Length << 8 | type);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), stream);
        payload.CopyTo(frame, 9);
        return frame;
    }
}

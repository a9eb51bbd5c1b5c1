using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace NetMon.LiveTests.Support.Containers;

/// <summary>
/// A server at a runtime's socket that sends any bytes the test has: handwritten gRPC messages for the container runtime
/// interface, HTTP/1.1 for Docker's. Disposal removes the socket and closes all connections.
/// </summary>
internal sealed class FakeRuntime : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _requests;

    private FakeRuntime(string path, HttpProtocols protocol, Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.ListenUnixSocket(path, listen => listen.Protocols = protocol);
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.Zero);
        _application = builder.Build();
        _application.Run(context =>
        {
            Interlocked.Increment(ref _requests);
            return answer(context);
        });
    }

    /// <summary>Number of requests.</summary>
    public int Requests => Volatile.Read(ref _requests);

    /// <summary>A container runtime interface that claims to be CRI-O 1.31, sends these events, and gives these answers to lists.</summary>
    public static Task<FakeRuntime> CriAsync(string path, Func<HttpContext, Task> list, Func<HttpContext, Task>? events = null) =>
        StartAsync(path, HttpProtocols.Http2, context => context.Request.Path.Value!.Split('/')[^1] switch
        {
            "Version" => SendMessageAsync(context, [0x12, 5, .. "cri-o"u8, 0x1a, 6, .. "1.31.0"u8]),
            "GetContainerEvents" => (events ?? Never)(context),
            "ListContainers" => list(context),
            _ => SendMessageAsync(context, []),
        });

    /// <summary>A dockerd that sends these events, and gives these answers to lists.</summary>
    public static Task<FakeRuntime> DockerAsync(string path, Func<HttpContext, Task> list, Func<HttpContext, Task>? events = null) =>
        StartAsync(path, HttpProtocols.Http1, context => context.Request.Path.Value switch
        {
            "/version" => SendTextAsync(context, """{"Version":"27.1.1"}"""),
            "/events" => (events ?? Never)(context),
            _ => list(context),
        });

    /// <summary>One message, then the end of the call.</summary>
    public static async Task SendMessageAsync(HttpContext context, byte[] message, bool isCompressed = false)
    {
        Begin(context, isCompressed);
        await context.Response.Body.WriteAsync(Framed(message, isCompressed), context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>Endless messages, as fast as the client reads.</summary>
    public static async Task FloodAsync(HttpContext context, Func<int, byte[]> message)
    {
        Begin(context, isCompressed: false);
        var batch = new MemoryStream();
        for (var n = 0; ; n++)
        {
            batch.Write(Framed(message(n), isCompressed: false));
            if (batch.Length > 256 * 1024)
            {
                await context.Response.Body.WriteAsync(batch.ToArray(), context.RequestAborted);
                batch.SetLength(0);
            }
        }
    }

    /// <summary>A text body.</summary>
    public static Task SendTextAsync(HttpContext context, string text) => context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text), context.RequestAborted).AsTask();

    /// <summary>Endless text in chunks, as fast as the client reads.</summary>
    public static async Task FloodTextAsync(HttpContext context, string first, Func<int, string> next)
    {
        await SendTextAsync(context, first);
        for (var n = 0; ; n += 1000)
        {
            await SendTextAsync(context, string.Concat(Enumerable.Range(n, 1000).Select(next)));
        }
    }

    /// <summary>The head of a response, then endless single bytes.</summary>
    public static async Task DripAsync(HttpContext context)
    {
        Begin(context, isCompressed: false);
        var head = Framed(new byte[1 << 20], isCompressed: false);
        for (var n = 0; ; n++)
        {
            await context.Response.Body.WriteAsync(head.AsMemory(n % head.Length, 1), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            await Task.Delay(TimeSpan.FromMilliseconds(10), context.RequestAborted);
        }
    }

    /// <summary>No answer.</summary>
    public static Task Never(HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private static async Task<FakeRuntime> StartAsync(string path, HttpProtocols protocol, Func<HttpContext, Task> answer)
    {
        var runtime = new FakeRuntime(path, protocol, answer);
        await runtime._application.StartAsync();
        return runtime;
    }

    private static void Begin(HttpContext context, bool isCompressed)
    {
        context.Response.ContentType = "application/grpc";
        if (isCompressed)
        {
            context.Response.Headers["grpc-encoding"] = "gzip";
        }
    }

    private static byte[] Framed(byte[] message, bool isCompressed)
    {
        var framed = new byte[5 + message.Length];
        framed[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Length);
        message.CopyTo(framed, 5);
        return framed;
    }
}

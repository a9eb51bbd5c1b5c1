using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using NetMon.Foundation.Logging;

namespace NetMon.Host.Metrics;

/// <summary>
/// Answers GET and HEAD of /metrics, /healthz and /readyz, and nothing else. Whoever connects is a stranger: connections,
/// headers and time are bounded, and a body is not read.
/// </summary>
internal sealed class MetricsServer : IAsyncDisposable
{
    private const int MostConnections = 32;
    private const string Exposition = "text/plain; version=0.0.4; charset=utf-8";
    private const string Text = "text/plain; charset=utf-8";
    private readonly WebApplication _server;
    private readonly AgentMetrics _metrics;
    private readonly Health _health;
    private readonly SemaphoreSlim _scrape = new(1);

    private MetricsServer(IPEndPoint address, AgentMetrics metrics, Health health)
    {
        (_metrics, _health) = (metrics, health);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Limits.MaxRequestLineSize = 2048;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2); // Prometheus asks every minute or more often
            if (address.Address.Equals(IPAddress.IPv6Any))
            {
                kestrel.ListenAnyIP(address.Port); // IPv4 alone where this kernel has no IPv6
            }
            else
            {
                kestrel.Listen(address);
            }
        });
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>Listens at the address. Throws <see cref="IOException"/> where that can't be.</summary>
    public static async Task<MetricsServer> StartAsync(IPEndPoint address, AgentMetrics metrics, Health health, Logger log)
    {
        var server = new MetricsServer(address, metrics, health);
        try
        {
            await server._server.StartAsync().ConfigureAwait(false);
            log.Info($"{server._server.Urls.First()}/metrics, /healthz and /readyz");
            return server;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await server.DisposeAsync().ConfigureAwait(false);
            throw new IOException($"--metrics {address}: {(e.InnerException?.InnerException ?? e.InnerException ?? e).Message}. Choose a port that is free and an address that this machine has.", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        _scrape.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method))
        {
            context.Response.Headers.Allow = "GET, HEAD";
            return WriteAsync(context, StatusCodes.Status405MethodNotAllowed, Text, "only GET and HEAD\n"u8.ToArray());
        }

        return context.Request.Path.Value switch
        {
            "/metrics" => ScrapeAsync(context),
            "/healthz" => TellAsync(context, _health.WhyNotAlive()),
            "/readyz" => TellAsync(context, _health.WhyNotReady()),
            _ => WriteAsync(context, StatusCodes.Status404NotFound, Text, "there are /metrics, /healthz and /readyz\n"u8.ToArray()),
        };
    }

    private async Task ScrapeAsync(HttpContext context)
    {
        // One at a time, and whole before any of it is sent: a client that reads slowly holds up nobody.
        byte[] body;
        await _scrape.WaitAsync(context.RequestAborted).ConfigureAwait(false);
        try
        {
            body = await _metrics.RenderAsync().ConfigureAwait(false);
        }
        finally
        {
            _scrape.Release();
        }

        await WriteAsync(context, StatusCodes.Status200OK, Exposition, body).ConfigureAwait(false);
    }

    private static Task TellAsync(HttpContext context, string? fault) => WriteAsync(
        context,
        fault is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable,
        Text,
        System.Text.Encoding.UTF8.GetBytes($"{fault ?? "ok"}\n"));

    private static async Task WriteAsync(HttpContext context, int status, string type, byte[] body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    /// <summary>Signals are the agent's to handle, not the web server's.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
